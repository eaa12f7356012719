// Prints what scripts/bench_peers measured as Markdown: latencies beside the rivals', and beside what the arithmetic
// alone would take.
// Usage: node table.mjs PEERS/results/raw.jsonl [--since TIME] [--write FILE]
//   --since   measurements from this ISO time on
//   --write   put the tables between the markers of a Markdown file, instead of printing them
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';

import { aimOf, contests, roofs } from './contests.mjs';
import { Measurements } from './measurements.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true, options: { since: { type: 'string' }, write: { type: 'string' } },
});
const measured = new Measurements(positionals[0], options.since);

const number = (ms) => ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);
const shown = (ms) => (ms ? `${number(ms.middle)} (${number(ms.least)})` : '–');
const caseName = ({ model, threads }) => `${model}, ${threads} thread${threads > 1 ? 's' : ''}`;

function table(title, heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [`### ${title}`, '', line(heads), line(heads.map(() => '---')), ...rows.map(line), ''];
}

function contestTable(contest) {
  const { title, ours, rivals } = contest;
  const present = rivals.filter((rival) => measured.has(rival));
  const rows = measured.cases(ours).map(({ model, threads }) => {
    const times = present.map((rival) => measured.latency(rival, model, threads));
    const fastest = Math.min(...times.filter(Boolean).map(({ middle }) => middle));
    const best = present[times.findIndex((time) => time?.middle === fastest)];
    const ratio = best && measured.ratio(ours, best, model, threads);
    const aim = aimOf(contest, model);
    const verdict = ratio === undefined || aim === undefined ? '–' : ratio <= aim ? 'reached' : 'short';
    return [caseName({ model, threads }), shown(measured.latency(ours, model, threads)), ...times.map(shown),
      best ?? '–', ratio?.toFixed(3) ?? '–', aim?.toFixed(2) ?? '–', verdict];
  });
  return table(`${title}: ms, median of the rounds (fastest run)`,
    ['', ours, ...present, 'fastest rival', `${ours} / fastest rival`, 'aim', ''], rows);
}

function roofTable({ title, engine }) {
  const rows = measured.cases(engine).map(({ model, threads }) => {
    const work = measured.multiplyAdds(model);
    const peak = measured.peak(engine, threads);
    const time = measured.latency(engine, model, threads);
    const alone = work && peak && (2e-6 * work) / peak;
    return [caseName({ model, threads }), work ? (work / 1e9).toFixed(3) : '–', peak?.toFixed(1) ?? '–',
      alone ? number(alone) : '–', shown(time), alone ? `${((100 * alone) / time.middle).toFixed(0)} %` : '–'];
  });
  return table(`${title}: what the arithmetic alone would take`,
    ['', 'GMAC', 'peak, GFLOP/s', 'the peak alone, ms', `${engine}, ms`, 'share of the peak'], rows);
}

function tables() {
  if (measured.lines.length === 0) return ['Nothing has been measured.', ''];
  return [
    `On ${os.cpus()[0].model.trim()}, ${os.availableParallelism()} cores. ${measured.summary()}.`, '',
    ...contests.filter(({ ours, rivals }) => measured.has(ours) && rivals.some((rival) => measured.has(rival)))
      .flatMap(contestTable),
    ...roofs.filter(({ engine }) => measured.has(engine)).flatMap(roofTable),
  ];
}

// The text between the markers, which stay.
function write(file, text) {
  const [begin, end] = ['<!-- tables -->', '<!-- /tables -->'];
  const before = readFileSync(file, 'utf8');
  const [first, last] = [before.indexOf(begin), before.indexOf(end)];
  if (first < 0 || last < first) throw new Error(`${file} has no ${begin} … ${end}`);
  writeFileSync(file, `${before.slice(0, first + begin.length)}\n\n${text}\n${before.slice(last)}`);
}

const text = tables().join('\n');
if (options.write) write(options.write, text);
else console.log(text);
