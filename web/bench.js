// Times one model in a worker. For programs: window.bench(model, threads, options), where the model is an address or an
// ArrayBuffer, and the options are {input: Float32Array (size × size × 3, NHWC, normalised), warmMs, warmRuns, runMs,
// minRuns, maxRuns, side (of the input; 0: the model's own), int8 (that precision instead of f32), operators ('fused', or
// 'xnnpack': nothing fused), target (of the map; -1: the best class), peak, profile}.
// Resolves to {engine, config, threads, precision, operators, size, classes, multiply_adds, runtime_ms, fetch_ms, load_ms,
// first_ms, runs_ms, map_ms, heap_bytes, weight_bytes, activation_bytes, operator_bytes, logits, map}; with options.peak also
// to {peak: {kernels, threads, gflops, one_thread_gflops}}, and with options.profile to both that and {profile: {total, kinds,
// stages, operators}}, each a {name, multiply_adds, ms, gflops, time_share, peak_share, xnnpack: {multiply_adds, ms, work_share,
// time_share}} or a list of them.
import { detect } from './detect.js';

const ability = detect();
const element = (id) => document.getElementById(id);
const defaults = {
  side: 0, int8: false, operators: 'fused', target: -1, warmMs: 500, warmRuns: 3, runMs: 3000, minRuns: 10, maxRuns: 1000,
};

async function bytesOf(model) {
  if (typeof model !== 'string') return model.slice(0);
  const response = await fetch(model);
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${model}`);
  return response.arrayBuffer();
}

function inWorker(message) {
  const worker = new Worker('bench_worker.js', { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.result));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(message);
  }).finally(() => worker.terminate());
}

async function bench(model, threads, options = {}) {
  if (ability.why) throw new Error(ability.why);
  if (threads > 1 && !ability.config.endsWith('threads')) throw new Error('threads need a cross-origin isolated page');
  const start = performance.now();
  const compiled = await WebAssembly.compileStreaming(fetch(`effcam-${ability.config}.wasm`));
  const compiledAt = performance.now();
  const bytes = await bytesOf(model);
  const fetchedAt = performance.now();
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const result = await inWorker({ ...defaults, ...given, config: ability.config, compiled, threads, model: bytes });
  return {
    engine: 'effcam', config: ability.config, threads, runtime_ms: compiledAt - start, fetch_ms: fetchedAt - compiledAt,
    ...result,
  };
}

window.bench = bench;
window.ready = true;

// --- the form -------------------------------------------------------------------------------------------------------

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};
const ms = (value) => `${value.toFixed(1)} ms`;
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const threadsOf = ({ threads }) => `${threads} thread${threads > 1 ? 's' : ''}`;
const gflops = (value) => `${value.toFixed(1)} GFLOP/s`;

// "int8", "f32", "f32, nothing fused"
const kindOf = ({ precision, operators }) => precision + (operators === 'fused' ? '' : ', nothing fused');

function show(name, threads, result) {
  const row = element('results').tBodies[0].insertRow();
  const cells = [name, result.config, kindOf(result), threads, ms(median(result.runs_ms)),
    ms(Math.min(...result.runs_ms)), ms(median(result.map_ms)), ms(result.first_ms), ms(result.load_ms),
    mebibytes(result.heap_bytes)];
  for (const text of cells) row.insertCell().textContent = text;
  element('results').hidden = false;
}

// Whose an operator is; XNNPACK's have the share of their time in which it does its part.
const makerOf = ({ xnnpack }) => (xnnpack.multiply_adds || xnnpack.ms
  ? `XNNPACK ${(100 * xnnpack.time_share).toFixed(0)} %` : 'effcam');

function addCosts(part, costs) {
  for (const cost of costs) {
    const row = part.insertRow();
    const cells = [`${cost.ms.toFixed(3)} ms`, percent(cost.time_share), (cost.multiply_adds / 1e6).toFixed(2),
      gflops(cost.gflops), percent(cost.peak_share), makerOf(cost)];
    row.append(Object.assign(document.createElement('th'), { scope: 'row', textContent: cost.name }));
    for (const text of cells) row.insertCell().textContent = text;
  }
}

function showProfile(name, result) {
  const { config, size, peak, profile } = result;
  const { total } = profile;
  element('summary').textContent = `${name} at ${size} pixels, ${config}, ${kindOf(result)}, ${threadsOf(peak)}: `
    + `${ms(total.ms)} for ${(total.multiply_adds / 1e9).toFixed(3)} billion multiply-adds, ${gflops(total.gflops)}. `
    + `That is ${percent(total.peak_share)} of what these threads’ arithmetic does in this browser, `
    + `${gflops(peak.gflops)} (one thread: ${gflops(peak.one_thread_gflops)}). Memory: weights `
    + `${mebibytes(result.weight_bytes)}, activations ${mebibytes(result.activation_bytes)}, XNNPACK’s operators `
    + `${mebibytes(result.operator_bytes)}, the whole program `
    + `${mebibytes(result.heap_bytes)}.`;
  const parts = { kinds: profile.kinds, stages: profile.stages, operators: profile.operators, total: [total] };
  for (const [id, costs] of Object.entries(parts)) {
    const part = element(id);
    for (const row of [...part.rows].filter((each) => !each.classList.contains('title'))) row.remove();
    addCosts(part, costs);
  }
  element('carried').textContent = `XNNPACK carries ${percent(total.xnnpack.work_share)} of the multiply-adds and `
    + `${(100 * total.xnnpack.time_share).toFixed(0)} % of the time.`;
  element('profile').hidden = false;
}

element('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const [file] = element('file').files;
  const name = file ? file.name : element('model').selectedOptions[0].textContent;
  const threads = Number(element('threads').value);
  const runs = Number(element('runs').value);
  const int8 = element('int8').checked;
  const operators = element('plain').checked ? 'xnnpack' : 'fused';
  element('status').textContent = `Running ${name}`;
  try {
    const model = file ? await file.arrayBuffer() : element('model').value;
    const result = await bench(model, threads, { int8, operators, runMs: 0, minRuns: runs, maxRuns: runs, profile: true });
    show(name, threads, result);
    showProfile(name, result);
    element('status').textContent = '';
  } catch (error) {
    element('status').textContent = error.message;
  }
});

async function fillModels() {
  if (ability.why) {
    element('status').textContent = ability.why;
    return;
  }
  element('threads').value = ability.threads;
  for (const { name, file } of await (await fetch('models/catalogue.json')).json()) {
    element('model').append(new Option(name, `models/${file}`));
  }
  element('start').disabled = false;
}

fillModels().catch((error) => { element('status').textContent = error.message; });
