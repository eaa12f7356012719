// The benchmark's page as its visitor meets it: one run of the default model, its times, its profile, its memory.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { OpenPage } from './page.mjs';

// "12.3 ms" is 12.3
const number = (text) => Number.parseFloat(text);
const sum = (rows) => rows.reduce((total, { ms }) => total + ms, 0);

describe('the benchmark', () => {
  let open;
  let seen;

  const cellsOf = (selector) => open.page.$$eval(selector,
    (lines) => lines.map((line) => [...line.cells].map((cell) => cell.textContent)));
  const rows = async (part) => (await cellsOf(`#${part} tr:not(.title)`)).map((cells) => {
    const [ms, share, million, speed, peak] = cells.slice(1, 6).map(number);
    return { name: cells[0], text: cells.join(' '), ms, share, million, speed, peak, maker: cells[6] };
  });

  before(async () => {
    open = await OpenPage.open({ query: 'bench.html' });
    await open.page.fill('#runs', '5');
    await open.page.click('#start:enabled');
    await open.page.waitForSelector('#profile:visible', { timeout: 60_000 });
    seen = {};
    for (const part of ['kinds', 'stages', 'operators', 'total']) seen[part] = await rows(part);
    await open.screenshot('bench');
  });
  after(() => open?.close());

  test('every operator of B0 has a row, and so have its kinds and stages', () => {
    const names = seen.operators.map(({ name }) => name);
    assert.equal(new Set(names).size, 1 + 16 * 3 + 3);
    assert.equal(names[0], 'stem convolution');
    assert.deepEqual(names.slice(10, 13), ['block.3 expand+depthwise', 'block.3 squeeze+excite', 'block.3 project']);
    assert.deepEqual(names.slice(-3), ['head convolution', 'head swish+pool', 'head classifier']);
    assert.deepEqual(seen.stages.map(({ name }) => name),
      ['stem', ...[1, 2, 3, 4, 5, 6, 7].map((stage) => `stage ${stage}`), 'head']);
    assert.deepEqual(seen.kinds.map(({ name }) => name), ['convolution', 'depthwise', 'squeeze+excite', 'project',
      'expand+depthwise', 'swish+pool', 'classifier']);
  });

  test('the numbers are numbers, and shares are shares', () => {
    for (const row of [...seen.kinds, ...seen.stages, ...seen.operators, ...seen.total]) {
      assert.doesNotMatch(row.text, /NaN|Infinity|undefined|null/);
      for (const key of ['ms', 'share', 'million', 'speed', 'peak']) assert.ok(row[key] >= 0, row.text);
      assert.ok(row.share <= 100.05, row.text);
    }
    const [total] = seen.total;
    assert.ok(total.peak > 5 && total.peak < 100, total.text);
    assert.ok(Math.abs(total.million - 196.51) < 0.01, total.text);
  });

  test('the times of the operators add up to the forward pass', async () => {
    const [total] = seen.total;
    for (const part of ['kinds', 'stages', 'operators']) {
      const ms = sum(seen[part]);
      assert.ok(Math.abs(ms - total.ms) < 0.002 * total.ms + 0.05, `${part}: ${ms}, not ${total.ms}`);
    }
    // Other passes, on a machine that does other work meanwhile: about the same.
    const [[, , , , median, least]] = await cellsOf('#results tbody tr');
    assert.ok(total.ms > 0.7 * number(least), `${total.ms} in sum, ${least} the fastest pass`);
    assert.ok(total.ms < 2 * number(median), `${total.ms} in sum, ${median} the median pass`);
  });

  test('whose each operator is, and in the last line what XNNPACK carries', async () => {
    const shareOf = ({ maker, text }) => {
      assert.match(maker, /^(effcam|XNNPACK \d+ %)$/, text);
      return maker === 'effcam' ? undefined : number(maker.split(' ')[1]);
    };
    for (const row of [...seen.kinds, ...seen.operators]) {
      const ours = ['depthwise', 'swish+pool'].includes(row.name.split(' ').pop());
      const share = shareOf(row);
      assert.equal(share === undefined, ours, row.text);
      assert.ok(ours || share <= 100, row.text);
    }
    for (const name of ['convolution', 'project', 'expand+depthwise']) {
      assert.ok(shareOf(seen.kinds.find((row) => row.name === name)) > 10, name);
    }
    const line = await open.page.textContent('#profile > :last-child');
    const [, work, time] = /^XNNPACK carries ([\d.]+) % of the multiply-adds and (\d+) % of the time\.$/.exec(line)
      ?? assert.fail(line);
    assert.ok(work >= 90 && work < 100, line);
    assert.ok(time > 20 && time < 100, line);
    assert.equal(shareOf(seen.total[0]), number(time));
  });

  test('threads, memory and the peak are said', async () => {
    const text = await open.page.textContent('#summary');
    assert.match(text, /^B0 Imagenette at 160 pixels, wasm-[a-z-]+, f32, \d+ threads?: [\d.]+ ms for 0\.197 billion /);
    assert.match(text, /one thread: [\d.]+ GFLOP\/s/);
    assert.match(text, /weights 1\d\.\d MiB, activations \d\.\d MiB, XNNPACK’s operators \d\.\d MiB, the whole program \d+\.\d MiB/);
    assert.equal(await open.page.textContent('#status'), '');
    assert.deepEqual(open.errors, []);
  });

  test('in int8 the weights are less than half, and the answer is nearly the same', async () => {
    const [exact, int8] = await open.page.evaluate(async () => {
      const once = { warmMs: 0, warmRuns: 0, runMs: 0, minRuns: 1, maxRuns: 1 };
      const model = document.getElementById('model').value;
      return [await window.bench(model, 1, once), await window.bench(model, 1, { ...once, int8: true })];
    });
    assert.deepEqual([exact.precision, int8.precision], ['f32', 'int8']);
    assert.ok(int8.weight_bytes < 0.45 * exact.weight_bytes, `${int8.weight_bytes} of ${exact.weight_bytes}`);
    const spread = Math.max(...exact.logits) - Math.min(...exact.logits);
    const apart = Math.max(...exact.logits.map((logit, i) => Math.abs(logit - int8.logits[i])));
    assert.ok(apart > 0 && apart < 0.1 * spread, `${apart} apart of ${spread}`);
  });

  test('with nothing fused the answer is the same, each step has a row, and int8 is refused', async () => {
    const [fused, plain, refused] = await open.page.evaluate(async () => {
      const once = { warmMs: 0, warmRuns: 0, runMs: 0, minRuns: 1, maxRuns: 1, profile: true };
      const model = document.getElementById('model').value;
      const bench = (options) => window.bench(model, 1, { ...once, ...options });
      return [await bench({}), await bench({ operators: 'xnnpack' }),
        await bench({ operators: 'xnnpack', int8: true }).catch(({ message }) => message)];
    });
    assert.deepEqual([fused.operators, plain.operators], ['fused', 'xnnpack']);
    const spread = Math.max(...fused.logits) - Math.min(...fused.logits);
    for (const [i, logit] of fused.logits.entries()) assert.ok(Math.abs(logit - plain.logits[i]) < 1e-4 * spread);
    const steps = plain.profile.operators.map(({ name }) => name).filter((name) => name.startsWith('block.3 '));
    assert.deepEqual(steps.map((name) => name.slice('block.3 '.length)), ['expand', 'expand swish', 'depthwise',
      'depthwise swish', 'squeeze', 'squeeze+excite', 'gate', 'project']);
    assert.match(refused, /int8 is of the fused network/);
  });

  test('for programs, the profile comes only when it is asked for', async () => {
    const keys = (options) => open.page.evaluate(async (given) => {
      const once = { warmMs: 0, warmRuns: 0, runMs: 0, minRuns: 1, maxRuns: 1 };
      return Object.keys(await window.bench(document.getElementById('model').value, 1, { ...once, ...given }));
    }, options);
    const plain = await keys({});
    for (const key of ['runs_ms', 'logits', 'map', 'heap_bytes', 'weight_bytes']) assert.ok(plain.includes(key), key);
    assert.ok(!plain.includes('peak') && !plain.includes('profile'));
    assert.deepEqual((await keys({ peak: true })).filter((key) => !plain.includes(key)), ['peak']);
    assert.deepEqual((await keys({ profile: true })).filter((key) => !plain.includes(key)), ['peak', 'profile']);
  });
});
