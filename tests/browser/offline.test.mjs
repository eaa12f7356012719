// Once it has been opened, the page works without its server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { OpenPage, samples } from './page.mjs';

describe('offline', () => {
  let open;
  before(async () => {
    open = await OpenPage.open();
    await open.rows(samples);
    await open.page.evaluate(async () => { await navigator.serviceWorker.ready; });
    open.server.closeAllConnections();
    await new Promise((resolve) => { open.server.close(resolve); });
  });
  after(() => open?.close());

  for (const query of ['', '?threads=1']) {
    test(`the default grid appears at ./${query}`, async () => {
      await open.page.goto(new URL(`./${query}`, open.page.url()).href);
      const rows = await open.rows(samples);
      assert.ok(rows.every(({ cells }) => cells[0].state === 'ready'));
      assert.deepEqual(open.errors, []);
    });
  }
});
