// Do the models of a row agree? The same network twice does, on everything; another network, where one is at hand, not
// on everything.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { OpenPage, root, samples } from './page.mjs';
import { countColours, decodePng } from './png.mjs';

const embedded = path.join(root, 'models/effcam-default/efficientnet_b0.imagenette.safetensors');
const other = path.join(root, '../shared/models/efficientnetv2_b0.imagenet1k.safetensors');
const drop = (name, file) => ({ name, mimeType: '', buffer: Buffer.from(readFileSync(file)) });

describe('the agreement of a row', () => {
  let open;
  let page;
  before(async () => {
    open = await OpenPage.open({ isolation: true });
    page = open.page;
  });
  after(() => open?.close());

  const columns = (count) => page.waitForFunction(
    (wanted) => document.querySelectorAll('#grid thead th').length === wanted + 1, count);
  const compared = (row, wanted = true) => page.waitForFunction(([line, value]) =>
    document.querySelectorAll('#grid tbody th')[line].dataset.compared === String(value), [row, wanted]);
  const pairs = (row) => JSON.parse(row.pairs);

  test('one model agrees with nobody', async () => {
    const rows = await open.rows(samples);
    assert.ok(rows.every(({ agreement, pairs: none, text, name }) => agreement === '' && none === '' && text === name));
  });

  test('the same network under another name agrees on everything', async () => {
    await page.setInputFiles('#pick-models', drop('again.safetensors', embedded));
    await columns(2);
    const rows = await open.rows(samples);
    for (const row of rows) {
      assert.equal(row.agreement, `2 of 2 say ${row.cells[0].top1}`);
      assert.equal(row.text, `${row.name}, ${row.agreement}`);
      const [pair, ...more] = pairs(row);
      assert.equal(more.length, 0);
      assert.equal(pair.models[1], 'again');
      assert.equal(pair.same, true);
      assert.deepEqual(pair.maps, { pearson: 1, rank: 1, iou: 1 });
    }
  });

  test('a click on the row’s head opens its panel, Escape closes it', async () => {
    const before = await open.screenshot('agreement-grid');
    await page.mouse.click(90, 240);
    await compared(0);
    await open.settled();
    const status = await page.textContent('#status');
    assert.match(status, /^Agreement: church_and_parachute\.jpg, 2 of 2 say /);
    assert.match(status, / and again: Pearson 1\.00, rank 1\.00, overlap 1\.00, same class$/);
    const panel = await open.screenshot('agreement');
    assert.notDeepEqual(before, panel);
    assert.ok(countColours(decodePng(panel)) > 200);
    await page.keyboard.press('Escape');
    await compared(0, false);
  });

  test('a key opens it, arrows go to other rows', async () => {
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.querySelector('#grid td[data-selected="true"]'));
    await page.keyboard.press('a');
    await compared(0);
    await page.keyboard.press('ArrowDown');
    await compared(1);
    await open.settled();
    await page.keyboard.press('Escape');
    await compared(1, false);
    assert.equal(await page.evaluate(() => document.querySelectorAll('#grid td[data-enlarged="true"]').length), 0);
  });

  test('a changed cell changes what is said', async () => {
    // The first cell explains another class: its map is another one.
    await page.mouse.click(340, 260);
    await page.waitForFunction(() => document.querySelector('#grid tbody td').dataset.enlarged === 'true');
    await open.settled();
    await open.press('explain church');
    await page.waitForFunction(() => document.querySelector('#grid tbody td').dataset.target === 'church');
    await page.waitForFunction(() => JSON.parse(document.querySelector('#grid tbody th').dataset.pairs)[0].maps.rank < 1);
    const [first, second] = await open.rows(samples);
    assert.match(first.agreement, /^2 of 2 say /);
    assert.equal(pairs(second)[0].maps.rank, 1);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('#grid tbody td').dataset.enlarged === 'false');
  });

  const skip = existsSync(other) ? false : 'the shared weights are not here';
  test('another network agrees on some', { skip }, async () => {
    await page.setInputFiles('#pick-models', other);
    await columns(3);
    const rows = await open.rows(samples);
    for (const row of rows) {
      assert.equal(pairs(row).length, 3);
      assert.match(row.agreement, /^[23] of 3 say /);
      for (const { maps } of pairs(row).slice(1)) assert.ok(maps.rank > -1 && maps.rank < 1, `${row.name}: ${maps.rank}`);
    }
    assert.ok(rows.some(({ agreement }) => agreement.startsWith('3 of 3')));
    await open.settled();
    await page.mouse.click(90, 240);
    await compared(0);
    await open.settled();
    await open.screenshot('agreement-three');
    await page.setViewportSize({ width: 620, height: 900 });
    await open.settled();
    await open.screenshot('agreement-narrow');
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.keyboard.press('Escape');
    await compared(0, false);
  });

  test('a removed model leaves no agreement behind', async () => {
    for (let left = (await open.heads()).length - 1; left > 0; left -= 1) {
      await open.settled();
      await page.mouse.click(442, 109);                // the cross of the first column
      await columns(left);
    }
    const rows = await open.rows(samples);
    assert.ok(rows.every(({ agreement }) => agreement === ''));
    assert.deepEqual(open.errors, []);
  });
});
