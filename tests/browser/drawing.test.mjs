// The canvas keeps its pixels and a frame draws only what has changed: what is seen is what drawing everything shows, and
// what changes nothing draws nothing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { OpenPage, samples, scene } from './page.mjs';
import { decodePng } from './png.mjs';

for (const deviceScaleFactor of [1, 1.25]) {
  describe(`drawing at ${deviceScaleFactor} pixels a logical one`, () => {
    const viewport = { width: 900, height: 700 };
    let open;
    let page;
    before(async () => {
      open = await OpenPage.open({ viewport, deviceScaleFactor });
      page = open.page;
      await open.rows(samples);
      await open.settled();
    });
    after(() => open?.close());

    const counts = () => page.evaluate(() => ({ frames: window.effcam.frames, shown: window.effcam.shown }));

    // Another size and back: the canvas is new, and all of it is drawn.
    async function assertAsDrawnWhole(what) {
      await open.settled();
      const seen = decodePng(await open.screenshot(`drawing-${deviceScaleFactor}-${what}`));
      await page.setViewportSize({ width: viewport.width, height: viewport.height + 60 });
      await open.settled();
      await page.setViewportSize(viewport);
      await open.settled();
      const whole = decodePng(await open.screenshot(`drawing-${deviceScaleFactor}-${what}-whole`));
      assert.deepEqual([seen.width, seen.height], [whole.width, whole.height]);
      const others = [];
      for (let y = 0; y < seen.height; y += 1) {
        for (let x = 0; x < seen.width; x += 1) if (String(seen.at(x, y)) !== String(whole.at(x, y))) others.push([x, y]);
      }
      assert.equal(others.length, 0, `${what}: ${others.length} pixels from ${others[0]} on are not those of a whole frame`);
    }

    test('a grid whose cells came one by one', () => assertAsDrawnWhole('grid'));

    test('a pointer over nothing draws nothing', async () => {
      await page.mouse.move(880, 690);
      await open.settled();
      const before = await counts();
      for (let x = 870; x > 840; x -= 5) await page.mouse.move(x, 690);
      await open.settled();
      const now = await counts();
      assert.ok(now.frames > before.frames);
      assert.equal(now.shown, before.shown);
    });

    test('a pointer over a button, and away', async () => {
      const before = await counts();
      await page.mouse.move(60, 28);
      await open.settled();
      assert.ok((await counts()).shown > before.shown);
      await page.mouse.move(880, 690);
      await assertAsDrawnWhole('hovered');
    });

    test('an enlarged cell, closed', async () => {
      await page.focus('#canvas');
      await page.keyboard.press('ArrowDown', { delay: 30 });
      await open.settled();
      await page.keyboard.press('Enter', { delay: 60 });
      await page.waitForFunction(() => document.querySelector('#grid td[data-enlarged="true"]'));
      await assertAsDrawnWhole('enlarged');
      await page.keyboard.press('Escape', { delay: 60 });
      await page.waitForFunction(() => !document.querySelector('#grid td[data-enlarged="true"]'));
      await assertAsDrawnWhole('closed');
    });

    test('a scrolled grid', async () => {
      await page.mouse.move(450, 400);
      await page.mouse.wheel(0, 500);
      await page.waitForTimeout(200);
      await page.mouse.move(880, 690);
      await assertAsDrawnWhole('scrolled');
    });

    test('one picture more', async () => {
      await page.setInputFiles('#pick-images', scene('gas_pump.jpg'));
      await open.rows(samples + 1);
      await assertAsDrawnWhole('added');
      assert.deepEqual(open.errors, []);
    });
  });
}
