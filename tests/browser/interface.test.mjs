// The ways into the page and around it: click, keys, paste, drop, sharp screens, another window size; download.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { OpenPage, samples, scene } from './page.mjs';
import { countColours, decodePng } from './png.mjs';

const base64 = (file) => readFileSync(file).toString('base64');

describe('the interface', () => {
  let open;
  let page;
  before(async () => {
    open = await OpenPage.open({ isolation: false });
    page = open.page;
    await open.rows(samples);
    await open.settled();
  });
  after(() => open?.close());

  // Waits until the mirror says that this cell (row, column from 0) is `what`: selected, enlarged.
  const until = (what, row, wanted = true) => page.waitForFunction(([name, line, value]) => {
    const cell = document.querySelectorAll('#grid tbody tr')[line].cells[1];
    return cell.dataset[name] === String(value);
  }, [what, row, wanted], { timeout: 30_000 });

  // The first cell, wherever the grid has been scrolled to.
  async function enlargeFirst() {
    await page.focus('#canvas');
    for (let i = 0; i < samples; i += 1) await page.keyboard.press('ArrowUp', { delay: 30 });
    await until('selected', 0);
    await open.settled();
    await page.keyboard.press('Enter', { delay: 60 });
    await until('enlarged', 0);
    await open.settled();
  }

  test('a click enlarges a cell, Escape closes it', async () => {
    const before = await page.screenshot();
    await page.mouse.click(340, 260);
    await until('enlarged', 0);
    await open.settled();
    const enlarged = await open.screenshot('enlarged');
    assert.notDeepEqual(before, enlarged);
    assert.ok(countColours(decodePng(enlarged)) > 200);
    assert.match(await page.textContent('#status'), /^Enlarged: church_and_parachute\.jpg, /);
    await page.keyboard.press('Escape');
    await until('enlarged', 0, false);
  });

  test('arrows move, Enter enlarges, arrows move on', async () => {
    await page.keyboard.press('ArrowDown');
    await until('selected', 1);
    await page.keyboard.press('ArrowDown');
    await until('selected', 2);
    await page.keyboard.press('Enter');
    await until('enlarged', 2);
    await page.keyboard.press('ArrowUp');
    await until('enlarged', 1);
    await page.keyboard.press('Escape');
    await until('enlarged', 1, false);
  });

  test('Tab leaves the canvas', async () => {
    await page.focus('#canvas');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'add-images');
    await page.focus('#canvas');
  });

  test('a class is found by a part of its name, and explained', async () => {
    await enlargeFirst();
    await open.press('class');
    await open.settled();
    await page.keyboard.type('chu', { delay: 60 });
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#grid tbody td').dataset.target === 'church');
    await open.settled();
    await open.screenshot('another-class');
    await page.keyboard.press('Escape');
    await until('enlarged', 0, false);
  });

  test('an overlay is downloaded as a PNG', async () => {
    await enlargeFirst();
    await page.mouse.move(1060, 600);
    await page.mouse.wheel(0, 2000);
    await open.settled();
    const [download] = await Promise.all([page.waitForEvent('download'), open.press('save overlay')]);
    assert.equal(download.suggestedFilename(), 'church_and_parachute.church.grad-cam.png');
    const image = decodePng(readFileSync(await download.path()));
    assert.deepEqual([image.width, image.height], [160, 160]);
    assert.ok(countColours(image) > 50);
    await page.keyboard.press('Escape');
    await until('enlarged', 0, false);
  });

  const give = (type, name, file) => page.evaluate(([kind, fileName, content]) => {
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], fileName, { type: 'image/jpeg' }));
    const event = kind === 'paste'
      ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
      : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
    document.getElementById('canvas').dispatchEvent(event);
  }, [type, name, base64(file)]);

  test('a pasted and a dropped picture become rows', async () => {
    await give('paste', 'image.png', scene('gas_pump.jpg'));
    await give('drop', 'dropped.jpg', scene('french_horn.jpg'));
    const rows = (await open.rows(samples + 2)).slice(samples);
    assert.match(rows[0].name, /^Pasted at .*\.png$/);
    assert.equal(rows[0].cells[0].top1, 'gas pump');
    assert.equal(rows[1].name, 'dropped.jpg');
    assert.equal(rows[1].cells[0].top1, 'French horn');
  });

  test('another window size', async () => {
    await page.setViewportSize({ width: 620, height: 900 });
    await open.settled();
    const size = await page.evaluate(() => [canvas.width, canvas.height, canvas.clientWidth, canvas.clientHeight]);
    assert.deepEqual(size, [620, 900, 620, 900]);
    assert.ok(countColours(decodePng(await open.screenshot('narrow'))) > 200);
  });

  test('nothing is drawn while nothing happens', async () => {
    await open.settled();
    const frames = await page.evaluate(() => window.effcam.frames);
    await page.waitForTimeout(1000);
    assert.equal(await page.evaluate(() => window.effcam.frames), frames);
  });

  test('no error was printed', () => assert.deepEqual(open.errors, []));
});

test('sharp on a screen of two pixels a logical one', async () => {
  const open = await OpenPage.open({ isolation: false, deviceScaleFactor: 2, viewport: { width: 700, height: 500 } });
  try {
    await open.rows(samples);
    await open.settled();
    const size = await open.page.evaluate(() => [canvas.width, canvas.height, canvas.clientWidth, canvas.clientHeight]);
    assert.deepEqual(size, [1400, 1000, 700, 500]);
    // Under the same logical point lies the same cell.
    await open.page.mouse.click(340, 300);
    await open.page.waitForFunction(() => document.querySelector('#grid td[data-enlarged="true"]'));
    assert.ok(countColours(decodePng(await open.screenshot('two-to-one'))) > 200);
  } finally {
    await open.close();
  }
});
