// Logits and maps of B0 to B3 in Chromium, against the goldens that PyTorch made (tests/golden/network).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { OpenPage, root } from './page.mjs';

const fixture = path.join(root, 'build/native/bin/effcam_fixture');
const skip = existsSync(fixture) ? false : 'needs build/native/bin/effcam_fixture (the native build)';
// The dialects' families have the goldens' padding and epsilon.
const dialects = { same: 'lukemelas', symmetric: 'torchvision' };
const range = (values) => Math.max(...values) - Math.min(...values);

function assertNear(actual, expected, tolerance, what) {
  assert.equal(actual.length, expected.length, what);
  actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) <= tolerance, `${what} at ${i}: ${value}, not ${expected[i]}`));
}

describe('PyTorch’s logits and maps', { skip }, () => {
  let open;
  let folder;
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'effcam-goldens-'));
    open = await OpenPage.open({ query: 'bench.html' });
    await open.page.waitForFunction(() => window.ready);
  });
  after(async () => {
    await open?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function run(golden, wanted, threads) {
    const file = path.join(folder, 'model.safetensors');
    const input = path.join(folder, 'input.f32');
    execFileSync(fixture, [golden.variant, golden.classes, golden.seed, dialects[wanted.padding], file,
      wanted.height, wanted.width, wanted.image_seed, input].map(String));
    const map = wanted.maps.find((each) => each.layer === 'head');
    await open.page.evaluate(() => {
      const pick = document.createElement('input');
      pick.type = 'file';
      pick.multiple = true;
      pick.id = 'fixture';
      document.body.append(pick);
    });
    await open.page.setInputFiles('#fixture', [file, input]);
    const result = await open.page.evaluate(async ({ side, target, count }) => {
      const pick = document.getElementById('fixture');
      const [model, values] = await Promise.all([...pick.files].map((each) => each.arrayBuffer()));
      pick.remove();
      return window.bench(model, count, { input: new Float32Array(values), side, target, warmMs: 0, warmRuns: 0, runMs: 0, minRuns: 1, maxRuns: 1 });
    }, { side: wanted.height, target: map.target, count: threads });
    return { result, map };
  }

  for (const variant of ['b0', 'b1', 'b2', 'b3']) {
    const golden = JSON.parse(readFileSync(path.join(root, `tests/golden/network/${variant}.json`), 'utf8'));
    for (const wanted of golden.runs.filter((each) => each.height === each.width && dialects[each.padding])) {
      test(`${variant}, ${wanted.padding} padding, ${wanted.height} pixels`, async () => {
        const { result, map } = await run(golden, wanted, wanted.padding === 'same' ? 1 : 2);
        assertNear(result.logits, wanted.logits, 1e-4 * range(wanted.logits), 'logits');
        const expected = map.values.map((value) => Math.max(value, 0)); // the goldens are signed
        assertNear(result.map.values, expected, 1e-3 * Math.max(...map.values.map(Math.abs)), 'map');
      });
    }
  }
});
