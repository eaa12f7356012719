// The measurements of scripts/bench_peers: one line of JSON each.
import { readFileSync } from 'node:fs';

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const distinct = (values) => [...new Set(values.filter((value) => value !== undefined))];

export class Measurements {
  // Those of forward passes from the ISO time `since` on.
  constructor(file, since = '') {
    this.lines = readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line))
      .filter(({ time, cam, error }) => time >= since && !cam && !error);
  }

  has(engine) { return this.lines.some(({ peer }) => peer === engine); }

  runs(engine, model, threads) {
    return this.lines.filter((line) => line.peer === engine && line.model === model && line.threads === threads);
  }

  // [{model, threads}] that an engine ran, by threads, then by model.
  cases(engine) {
    const ran = this.lines.filter(({ peer }) => peer === engine);
    return distinct(ran.map(({ model, threads }) => `${threads} ${model}`)).sort()
      .map((each) => ({ threads: Number(each.split(' ')[0]), model: each.split(' ')[1] }));
  }

  // {middle, least}: the median over the rounds of their medians, and the fastest run of all.
  latency(engine, model, threads) {
    const runs = this.runs(engine, model, threads);
    return runs.length === 0 ? undefined
      : { middle: median(runs.map((run) => run.median_ms)), least: Math.min(...runs.map((run) => run.min_ms)) };
  }

  // Rounds are interleaved: the ratio of each round is less noisy than the ratio of the medians.
  ratio(ours, theirs, model, threads) {
    const others = this.runs(theirs, model, threads);
    const pairs = this.runs(ours, model, threads).flatMap((mine) => others.filter(({ round }) => round === mine.round)
      .map((other) => mine.median_ms / other.median_ms));
    return pairs.length === 0 ? undefined : median(pairs);
  }

  // The most that as many threads were measured to do, in GFLOP/s.
  peak(engine, threads) {
    const peaks = this.lines.filter((line) => line.peer === engine && line.peak?.threads === threads)
      .map(({ peak }) => peak.gflops);
    return peaks.length === 0 ? undefined : Math.max(...peaks);
  }

  multiplyAdds(model) { return this.lines.find((line) => line.model === model && line.multiply_adds)?.multiply_adds; }

  // One line about all of them.
  summary() {
    const times = this.lines.map(({ time }) => time).sort();
    const rounds = new Set(this.lines.map(({ round }) => round)).size;
    const others = this.lines.map(({ load }) => load?.foreign_cores).filter((cores) => cores !== undefined);
    return [`${this.lines.length} measurements in ${rounds} rounds, ${times[0]} to ${times.at(-1)}`,
      ...distinct(this.lines.map(({ browser }) => browser)).map((version) => `Chromium ${version}`),
      ...distinct(this.lines.map(({ engine }) => engine)),
      ...(others.length ? [`other programs took ${median(others).toFixed(2)} cores in the median`] : [])].join('; ');
  }
}
