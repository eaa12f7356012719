// Prints what scripts/bench_peers measured as tables: latencies, and effcam's share of the fastest rival's.
// Usage: node table.mjs PEERS/results/raw.jsonl [SINCE]        SINCE: measurements from this ISO time on
import { readFileSync } from 'node:fs';

const [file, since = ''] = process.argv.slice(2);
const lines = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line))
  .filter(({ time, cam, error }) => time >= since && !cam && !error);
const contests = [
  { title: 'Chromium, WebAssembly', ours: 'effcam', rivals: ['litert-web', 'tfjs-wasm', 'ort-web'] },
  { title: 'native', ours: 'effcam-native', rivals: ['ort-node', 'torch', 'torch-jit', 'opencv-dnn'] },
];

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const of = (peer, model, threads) => lines.filter((l) => l.peer === peer && l.model === model && l.threads === threads);
// The median over the rounds of their medians, and the fastest run of all.
const latency = (runs) => (runs.length === 0 ? undefined
  : { middle: median(runs.map((r) => r.median_ms)), least: Math.min(...runs.map((r) => r.min_ms)) });
const shown = (ms) => (ms ? `${ms.middle.toPrecision(3)} (${ms.least.toPrecision(3)})` : '–');

// Rounds are interleaved: the ratio of each round is less noisy than the ratio of the medians.
function ratio(ours, theirs) {
  const pairs = ours.flatMap((mine) => theirs.filter(({ round }) => round === mine.round).map((other) => mine.median_ms / other.median_ms));
  return pairs.length === 0 ? undefined : median(pairs);
}

for (const { title, ours, rivals } of contests) {
  const cases = [...new Set(lines.filter(({ peer }) => peer === ours).map(({ model, threads }) => `${threads} ${model}`))].sort();
  if (cases.length === 0) continue;
  const present = rivals.filter((rival) => lines.some(({ peer }) => peer === rival));
  console.log(`\n${title}: ms, median of the rounds' medians (fastest run)\n`);
  console.log(`| | effcam | ${present.join(' | ')} | effcam / fastest rival |`);
  console.log(`|---|---|${present.map(() => '---').join('|')}|---|`);
  for (const each of cases) {
    const [threads, model] = [Number(each.split(' ')[0]), each.split(' ')[1]];
    const times = present.map((rival) => latency(of(rival, model, threads)));
    const best = present[times.indexOf(times.filter(Boolean).reduce((a, b) => (a.middle < b.middle ? a : b), times.find(Boolean)))];
    const share = best && ratio(of(ours, model, threads), of(best, model, threads));
    console.log(`| ${model}, ${threads} thread${threads > 1 ? 's' : ''} | ${shown(latency(of(ours, model, threads)))} | ${
      times.map(shown).join(' | ')} | ${share ? share.toFixed(2) : '–'} |`);
  }
}
