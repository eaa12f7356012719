// Runs a program that Emscripten made for a worker in headless Chromium, and prints what it prints.
//   node run_in_chromium.mjs FOLDER PROGRAM.js [arguments...]
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [folder, program, ...words] = process.argv.slice(2);
const require = createRequire(path.join(process.env.EFFCAM_NODE_MODULES, 'from-here.js'));
const { chromium } = require('playwright-core');

const worker = `self.Module = { arguments: ${JSON.stringify(words)}, print: (line) => postMessage({ line }),
  printErr: (line) => postMessage({ line, bad: true }), onExit: (code) => postMessage({ code }),
  onAbort: () => postMessage({ code: 1 }) };
importScripts(${JSON.stringify(program)});`;
const types = { '.wasm': 'application/wasm', '.js': 'text/javascript' };
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

const server = createServer((request, response) => {
  const name = path.basename(new URL(request.url, 'http://localhost').pathname);
  const file = path.join(folder, name);
  if (name === 'worker.js') response.writeHead(200, { 'Content-Type': 'text/javascript', ...isolation }).end(worker);
  else if (name && existsSync(file))
    response.writeHead(200, { 'Content-Type': types[path.extname(name)] ?? 'text/plain', ...isolation }).end(readFileSync(file));
  else response.writeHead(200, { 'Content-Type': 'text/html', ...isolation }).end('<!doctype html><title>effcam</title>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const browser = await chromium.launch({ executablePath: process.env.EFFCAM_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.exposeFunction('said', ({ line, bad }) => { (bad ? process.stderr : process.stdout).write(`${line}\n`); });
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  process.exitCode = await page.evaluate(() => new Promise((resolve) => {
    const running = new Worker('worker.js');
    let told = Promise.resolve();
    running.onmessage = ({ data }) => { if ('code' in data) told.then(() => resolve(data.code)); else told = window.said(data); };
    running.onerror = (event) => window.said({ line: event.message, bad: true }).then(() => resolve(1));
  }));
} finally {
  await browser.close();
  server.close();
}
