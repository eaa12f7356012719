// See scripts/bench_page.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { OpenPage, samples } from '../tests/browser/page.mjs';

const { values: options, positionals: [fixture] } = parseArgs({
  allowPositionals: true,
  options: {
    models: { type: 'string', default: 'b1,b2,b3,b4,b5' },
    rounds: { type: 'string', default: '3' },
  },
});
const names = options.models.split(',');
const rounds = Number(options.rounds);

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

// --- processor time -------------------------------------------------------------------------------------------------

const ticksASecond = 100; // Linux's unit in /proc; other systems have no such files
const hasProcessorTime = existsSync('/proc/self/stat');

// Of a process or a thread, from its /proc/…/stat; null when it has ended. Its name is in parentheses, and may have some.
function statOf(folder) {
  try {
    const line = readFileSync(`${folder}/stat`, 'utf8');
    const end = line.lastIndexOf(')');
    const fields = line.slice(end + 2).split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / ticksASecond;
    return { name: line.slice(line.indexOf('(') + 1, end), parent: Number(fields[1]), seconds };
  } catch {
    return null;
  }
}
const numbersIn = (folder) => readdirSync(folder).filter((name) => /^\d+$/.test(name)).map(Number);
const threadsOf = (pid) => {
  try { return numbersIn(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`); } catch { return []; }
};

// The processes that this one started, and theirs.
function descendants() {
  const parents = new Map(numbersIn('/proc').map((pid) => [pid, statOf(`/proc/${pid}`)?.parent]));
  const within = (pid) => pid !== undefined && (pid === process.pid || within(parents.get(pid)));
  return [...parents.keys()].filter((pid) => pid !== process.pid && within(pid));
}

// Seconds that the browser's threads have computed: the engine's, which are the page's workers, and all others.
function processorTime() {
  const seconds = { engine: 0, others: 0 };
  if (!hasProcessorTime) return seconds;
  for (const thread of descendants().flatMap(threadsOf).map(statOf).filter(Boolean))
    seconds[thread.name.startsWith('DedicatedWorker') ? 'engine' : 'others'] += thread.seconds;
  return seconds;
}

// --- the page -------------------------------------------------------------------------------------------------------

// In the page, before its own scripts: when the first cell was finished.
function watchFirstCell() {
  const look = () => {
    if (document.querySelector('#grid td[data-state="ready"]')) window.firstCell ??= performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

// From navigation to the first cell, with everything in the browser's caches; and what reading and running the model
// take by themselves.
async function start() {
  const open = await OpenPage.open();
  try {
    await open.rows(samples);
    await open.page.waitForTimeout(1000); // the service worker stores what was fetched
    await open.page.addInitScript(watchFirstCell);
    const firsts = [];
    for (let i = 0; i < rounds; i += 1) {
      await open.page.reload();
      await open.rows(samples);
      firsts.push(await open.page.evaluate(() => window.firstCell));
    }
    await open.page.goto(new URL('bench.html', open.page.url()).href);
    const alone = await open.page.evaluate(async () => {
      const [{ file }] = await (await fetch('models/catalogue.json')).json();
      await window.bench(`models/${file}`, 1, { minRuns: 3, runMs: 0 });
      return window.bench(`models/${file}`, navigator.hardwareConcurrency, { minRuns: 10, runMs: 0 });
    });
    return { first: median(firsts), model: alone.fetch_ms + alone.load_ms + median(alone.runs_ms) };
  } finally {
    await open.close();
  }
}

// In the page: the gaps between frames from now until frameGaps() is asked.
function watchFrames() {
  const gaps = [];
  let last;
  const tick = (now) => {
    if (last !== undefined) gaps.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  window.frameGaps = () => gaps;
}

// Every sample picture with every model, from adding the models to the last cell.
async function board(files, threads) {
  const open = await OpenPage.open({ query: `?threads=${threads}` });
  try {
    await open.rows(samples);
    await open.page.evaluate(watchFrames);
    const before = processorTime();
    const began = performance.now();
    await open.page.setInputFiles('#pick-models', files);
    await open.page.waitForFunction((count) => document.querySelectorAll('#grid thead th').length === count + 1, files.length + 1);
    await open.rows(samples, 600_000);
    const ms = performance.now() - began;
    const after = processorTime();
    const gaps = await open.page.evaluate(() => window.frameGaps());
    gaps.sort((a, b) => a - b);
    const used = { engine: after.engine - before.engine, others: after.others - before.others };
    return { ms, used, rate: (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0), worst: gaps[Math.floor(gaps.length * 0.99)] };
  } finally {
    await open.close();
  }
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'effcam-bench-'));
try {
  const { first, model } = await start();
  console.log('| from navigation to the first cell, everything cached | |\n| --- | --- |');
  console.log(`| the first cell is finished after | ${seconds(first)} |`);
  console.log(`| reading the weights and one forward pass take | ${seconds(model)} |`);
  console.log(`| the rest | ${seconds(first - model)} |\n`);

  const files = names.map((name, i) => {
    const file = path.join(folder, `${name}.safetensors`);
    execFileSync(fixture, [name, '1000', String(i + 1), 'torchvision', file, '32', '32', '1', path.join(folder, 'input')]);
    return file;
  });
  const runs = { 1: [], 2: [] };
  for (let i = 0; i < rounds; i += 1) for (const threads of [1, 2]) runs[threads].push(await board(files, threads));
  console.log(`| a board of ${names.length + 1} models × ${samples} images | 1 thread | 2 threads | of perfect scaling |\n| --- | --- | --- | --- |`);
  const [one, two] = [1, 2].map((threads) => median(runs[threads].map(({ ms }) => ms)));
  const ratio = median(runs[1].map(({ ms }, i) => ms / runs[2][i].ms / 2));
  console.log(`| from adding ${names.length} models to the last cell | ${seconds(one)} | ${seconds(two)} | ${(100 * ratio).toFixed(0)} % |`);
  if (hasProcessorTime) {
    const used = [1, 2].map((threads) => ['engine', 'others'].map((whose) => seconds(1000 * median(runs[threads].map((run) => run.used[whose])))));
    console.log(`| processor time of the engine, of the browser's other threads | ${used.map((each) => each.join(', ')).join(' | ')} | |`);
    // Two cores that are never idle, for what one thread and everything beside it computed.
    const most = median(runs[1].map(({ ms, used: { engine, others } }) => ms / 1000 / (engine + others)));
    console.log(`| most that two cores allow | | | ${(100 * most).toFixed(0)} % |`);
  }
  const rates = [1, 2].map((threads) => runs[threads].map(({ rate }) => rate));
  console.log(`| frames a second meanwhile | ${rates.map((each) => median(each).toFixed(0)).join(' | ')} | |`);
  const worst = [1, 2].map((threads) => runs[threads].map((each) => each.worst));
  console.log(`| the longest gap but for 1 % | ${worst.map((each) => `${median(each).toFixed(0)} ms`).join(' | ')} | |`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
