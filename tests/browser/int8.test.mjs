// The setting that multiplies in bytes: every cell is computed again, says so, and answers nearly the same.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { OpenPage, samples } from './page.mjs';

describe('int8', () => {
  let open;
  before(async () => {
    open = await OpenPage.open({ viewport: { width: 1280, height: 1100 } });
    await open.rows(samples);
  });
  after(() => open?.close());

  const inPrecision = async (precision) => {
    await open.page.waitForFunction((wanted) => [...document.querySelectorAll('#grid tbody td')].every(
      ({ dataset }) => dataset.state === 'ready' && dataset.precision === wanted), precision, { timeout: 60_000 });
    return (await open.rows(samples)).map(({ cells: [cell] }) => cell);
  };

  test('turned on, every cell says so', async () => {
    const exact = await inPrecision('f32');
    for (const { text } of exact) assert.doesNotMatch(text, /int8/);
    await open.press('int8');
    const quantised = await inPrecision('int8');
    quantised.forEach(({ text, top1, probability }, i) => {
      assert.match(text, / %, int8/);
      assert.equal(top1, exact[i].top1);
      assert.notEqual(probability, exact[i].probability);
      assert.ok(Math.abs(probability - exact[i].probability) < 0.1, `${probability}, not ${exact[i].probability}`);
    });
    await open.settled();
    await open.screenshot('int8');
  });

  test('turned off, the answers are those of before', async () => {
    await open.press('int8');
    for (const { text } of await inPrecision('f32')) assert.doesNotMatch(text, /int8/);
    assert.deepEqual(open.errors, []);
  });
});
