// What a visitor sees: the page opens on a finished grid, takes photographs and models, and says what it cannot read.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { after, before, describe, test } from 'node:test';

import { OpenPage, samples, scene, sharedImage } from './page.mjs';
import { countColours, decodePng } from './png.mjs';

const probability = (cell) => Number(cell.probability);

// Two photographs that the embedded model knows; the scenes where the work's shared ones are not at hand.
const photographs = sharedImage('n03417042_garbage_truck.jpg')
  ? [[sharedImage('n03417042_garbage_truck.jpg'), 'garbage truck'], [sharedImage('san_pietro_fsz.jpg'), 'church']]
  : [[scene('garbage_truck.jpg'), 'garbage truck'], [scene('church.jpg'), 'church']];

for (const isolation of [true, false]) {
  describe(isolation ? 'isolated, with threads' : 'not isolated, without threads', () => {
    let open;
    before(async () => { open = await OpenPage.open({ isolation }); });
    after(() => open?.close());

    test('the right build is chosen', async () => {
      const ability = await open.page.evaluate(() => ({ ...window.effcam.ability, isolated: self.crossOriginIsolated }));
      assert.equal(ability.isolated, isolation);
      assert.equal(ability.config.endsWith('-threads'), isolation);
      if (!isolation) assert.equal(ability.threads, 1);
    });

    test('the default grid appears with no click', async () => {
      const rows = await open.rows(samples);
      for (const { name, cells } of rows) {
        assert.equal(cells.length, 1);
        assert.equal(cells[0].state, 'ready');
        if (name === 'church_and_parachute.jpg') continue;     // two classes in one picture
        assert.equal(cells[0].top1.toLowerCase(), name.replace('.jpg', '').replaceAll('_', ' '));
        assert.ok(probability(cells[0]) > 0.5, `${name}: ${cells[0].text}`);
        assert.match(cells[0].text, /^.+ \d+\.\d %$/);
        assert.ok(Number(cells[0].ms) > 0);
      }
      assert.deepEqual(open.errors, []);
    });

    test('two photographs become two more rows with the right classes', async () => {
      await open.page.setInputFiles('#pick-images', photographs.map(([file]) => file));
      const rows = (await open.rows(samples + 2)).slice(samples);
      assert.deepEqual(rows.map(({ cells }) => cells[0].top1), photographs.map(([, label]) => label));
    });

    test('a screenshot is not blank', async () => {
      await open.settled();
      const image = decodePng(await open.screenshot(isolation ? 'grid' : 'grid-no-threads'));
      assert.ok(countColours(image) > 200, `${countColours(image)} colours`);
    });

    test('a file that is no picture gets one sentence, and the rest goes on', async () => {
      await open.page.setInputFiles('#pick-images',
        { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('these are not pixels') });
      await open.page.setInputFiles('#pick-images', scene('golf_ball.jpg'));
      const [bad, good] = (await open.rows(samples + 4)).slice(samples + 2);
      assert.equal(bad.state, 'failed');
      assert.match(bad.name, /^notes\.jpg: .*(not|neither)/);
      assert.equal(bad.cells[0].state, 'failed');
      assert.equal(good.cells[0].top1, 'golf ball');
    });

    test('a file that is no model gets one sentence in its column', async () => {
      await open.page.setInputFiles('#pick-models',
        { name: 'broken.safetensors', mimeType: '', buffer: Buffer.from([8, 0, 0, 0, 0, 0, 0, 0, 123, 125]) });
      await open.page.waitForFunction(() => document.querySelectorAll('#grid thead th').length === 3);
      const rows = await open.rows(samples + 4);
      const [head, broken] = await open.heads();
      assert.equal(head.state, 'ready');
      assert.equal(broken.state, 'failed');
      assert.match(broken.text, /^broken: .+/);
      assert.equal(rows[0].cells[0].state, 'ready');
      assert.deepEqual(open.errors, []);
    });
  });
}
