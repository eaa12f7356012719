// What a visitor can ask of one cell: another method and its cost, signs, what would change the answer, and belief.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { OpenPage, samples } from './page.mjs';
import { countColours, decodePng } from './png.mjs';

describe('the panel of a cell', () => {
  let open;
  let page;
  before(async () => {
    open = await OpenPage.open({ viewport: { width: 1280, height: 1100 } });
    page = open.page;
    await open.rows(samples);
    await open.settled();
    await page.mouse.click(340, 260);
    await page.waitForFunction(() => document.querySelector('#grid td[data-enlarged="true"]'));
    await open.settled();
  });
  after(() => open?.close());

  const press = (name) => open.press(name);
  const until = (data, timeout = 30_000) => page.waitForFunction((wanted) => {
    const cell = document.querySelector('#grid tbody td');
    return cell.dataset.state === 'ready' && Object.entries(wanted).every(([name, value]) => cell.dataset[name] === value);
  }, data, { timeout });

  test('signed', async () => {
    await press('signed');
    await until({ signed: 'true' });
    await open.settled();
    assert.ok(countColours(decodePng(await open.screenshot('signed'))) > 200);
    await press('signed');
    await until({ signed: 'false' });
  });

  test('what would change the answer', async () => {
    await press('counterfactual');
    await until({ counterfactual: 'true' });
    await press('counterfactual');
    await until({ counterfactual: 'false' });
  });

  test('the probability instead of the logit', async () => {
    await press('probability');
    await until({ score: 'probability' });
    await press('probability');
    await until({ score: 'logit' });
  });

  test('a method that crosses the network brings its weights, and one that runs it many times says so first', async () => {
    await press('method');
    await open.settled();
    await open.screenshot('methods');
    await press('guided-grad-cam');
    await until({ method: 'guided-grad-cam' });
    await open.settled();
    await open.screenshot('guided-grad-cam');
    await press('method');
    await press('grad-cam');
    await until({ method: 'grad-cam' });
  });

  test('belief is measured on request', async () => {
    await press('measure');
    await page.waitForFunction(() => document.querySelector('#grid tbody td').dataset.deletion, undefined, { timeout: 120_000 });
    const data = await page.evaluate(() => ({ ...document.querySelector('#grid tbody td').dataset }));
    for (const name of ['deletion', 'insertion']) {
      assert.ok(Number(data[name]) > 0 && Number(data[name]) < 1, `${name} ${data[name]}`);
    }
    assert.ok(Math.abs(Number(data.road)) <= 0.5);
    await open.settled();
    assert.ok(countColours(decodePng(await open.screenshot('belief'))) > 200);
    assert.deepEqual(open.errors, []);
  });
});
