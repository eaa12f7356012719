// Serves build/web and opens it in headless Chromium, for the tests beside this file.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { makeServer } from '../../scripts/serve.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const folder = process.env.EFFCAM_WEB ?? path.join(root, 'build/web');
const shots = path.join(root, 'build/test-results/browser');

// playwright-core is in the toolchain's cache: NODE_PATH or EFFCAM_NODE_MODULES say where.
const modules = process.env.EFFCAM_NODE_MODULES;
const require = createRequire(modules ? path.join(modules, 'from-here.js') : import.meta.url);
const { chromium } = require('playwright-core');

const chromiumFlags = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

const sharedImages = path.join(root, '../shared/images');
// A file of the work's shared pictures, or null where they are not at hand.
export const sharedImage = (name) => {
  const file = path.join(sharedImages, name);
  return existsSync(file) ? file : null;
};
export const scene = (name) => path.join(root, 'assets/scenes', name);

function listen(server) {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

export class OpenPage {
  // Of the page's console: errors, which no test expects.
  errors = [];

  static async open(options = {}) {
    const self = new OpenPage();
    try {
      await self.start(options);
    } catch (error) {
      await self.close(); // or the server and the browser would keep the tests from ending
      throw error;
    }
    return self;
  }

  async start({ isolation = true, viewport = { width: 1280, height: 800 }, deviceScaleFactor = 1, query = '' }) {
    this.server = makeServer(folder, { isolation });
    const port = await listen(this.server);
    this.profile = mkdtempSync(path.join(os.tmpdir(), 'effcam-browser-'));
    this.context = await chromium.launchPersistentContext(this.profile, {
      executablePath: process.env.EFFCAM_CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      viewport,
      deviceScaleFactor,
      args: chromiumFlags,
    });
    this.page = this.context.pages()[0] ?? await this.context.newPage();
    this.page.on('console', (message) => { if (message.type() === 'error') this.errors.push(message.text()); });
    this.page.on('pageerror', (error) => this.errors.push(String(error)));
    await this.page.goto(`http://127.0.0.1:${port}/${query}`);
  }

  async close() {
    await this.context?.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    if (this.profile) rmSync(this.profile, { recursive: true, force: true });
  }

  // Waits until the hidden table has that many rows and every cell is ready, failed or cancelled; resolves to the rows:
  // {name, text, state, agreement, …, cells: [{text, state, top1, …}]}.
  async rows(count, timeout = 120_000) {
    try {
      await this.page.waitForFunction((wanted) => {
        const lines = [...document.querySelectorAll('#grid tbody tr')];
        const ended = (cell) => ['ready', 'failed', 'cancelled'].includes(cell.dataset.state);
        return lines.length === wanted && lines.every((line) => line.cells.length > 1 && [...line.cells].slice(1).every(ended));
      }, count, { timeout, polling: 50 });
    } catch (error) {
      const seen = await this.page.evaluate(() => document.getElementById('grid').innerText);
      const status = await this.page.textContent('#status');
      throw new Error(`not ${count} finished rows: ${error.message}\n${status}\n${seen}\n${this.errors.join('\n')}`);
    }
    return this.page.$$eval('#grid tbody tr', (lines) => lines.map((line) => ({
      ...line.cells[0].dataset,
      text: line.cells[0].textContent,
      cells: [...line.cells].slice(1).map((cell) => ({ text: cell.textContent, ...cell.dataset })),
    })));
  }

  async heads() {
    return this.page.$$eval('#grid thead th', (cells) => cells.slice(1).map((cell) => ({ text: cell.textContent, ...cell.dataset })));
  }

  // Waits until the page has stopped drawing: nothing on it moves any more.
  async settled() {
    await this.page.waitForFunction(async () => {
      const before = window.effcam.frames;
      await new Promise((resolve) => setTimeout(resolve, 400));
      return window.effcam.frames === before;
    }, undefined, { timeout: 30_000 });
  }

  // Clicks a named control on the canvas, when it has come to rest: a list that opens has its place only then.
  async press(name) {
    await this.settled();
    await this.page.waitForFunction((wanted) => window.effcam.controls[wanted], name, { timeout: 30_000 });
    const [x, y] = await this.page.evaluate((wanted) => window.effcam.controls[wanted], name);
    await this.page.mouse.move(x, y);
    await this.page.waitForTimeout(100);
    await this.page.mouse.click(x, y, { delay: 60 });
  }

  async screenshot(name) {
    mkdirSync(shots, { recursive: true });
    return this.page.screenshot({ path: path.join(shots, `${name}.png`) });
  }
}

export const samples = 10;
