// Runs a program that Emscripten made for a worker in headless Chromium, and prints what it prints.
//   node run_in_chromium.mjs FOLDER PROGRAM.js [arguments...]
// The folder's _headers are sent (scripts/serve.mjs): isolated, a program has a finer clock.
import { createRequire } from 'node:module';
import path from 'node:path';

import { listen, makeServer } from './serve.mjs';

const [folder, program, ...words] = process.argv.slice(2);
const require = createRequire(path.join(process.env.EFFCAM_NODE_MODULES, 'from-here.js'));
const { chromium } = require('playwright-core');

const server = makeServer(folder);
const address = `http://127.0.0.1:${await listen(server)}/`;
const worker = `self.Module = { arguments: ${JSON.stringify(words)}, locateFile: (name) => '${address}' + name,
  print: (line) => postMessage({ line }), printErr: (line) => postMessage({ line, bad: true }),
  onExit: (code) => postMessage({ code }), onAbort: () => postMessage({ code: 1 }) };
importScripts('${address}${program}');`;

const browser = await chromium.launch({ executablePath: process.env.EFFCAM_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.exposeFunction('said', ({ line, bad }) => { (bad ? process.stderr : process.stdout).write(`${line}\n`); });
  await page.goto(address + program); // as text: the worker needs a page of the server's, not what is in it
  process.exitCode = await page.evaluate((text) => new Promise((resolve) => {
    const running = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
    let told = Promise.resolve();
    running.onmessage = ({ data }) => { if ('code' in data) told.then(() => resolve(data.code)); else told = window.said(data); };
    running.onerror = (event) => window.said({ line: event.message, bad: true }).then(() => resolve(1));
  }), worker);
} finally {
  await browser.close();
  server.close();
}
