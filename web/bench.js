// Times one model in a worker. For programs: window.bench(model, threads, options), where the model is an address or an
// ArrayBuffer, and the options are {input: Float32Array (size × size × 3, NHWC, normalised), warmMs, warmRuns, runMs,
// minRuns, maxRuns, side (of the input; 0: the model's own), target (the class of the map; -1: the best)}. Resolves to
// {engine, config, runtime_ms, fetch_ms, load_ms, first_ms, runs_ms, map_ms, heap_bytes, logits, map}.
import { detect } from './detect.js';

const ability = detect();
const element = (id) => document.getElementById(id);
const defaults = { side: 0, target: -1, warmMs: 500, warmRuns: 3, runMs: 3000, minRuns: 10, maxRuns: 1000 };

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
    engine: 'effcam', config: ability.config, runtime_ms: compiledAt - start, fetch_ms: fetchedAt - compiledAt, ...result,
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

function show(name, threads, result) {
  const row = element('results').tBodies[0].insertRow();
  const cells = [name, result.config, threads, ms(median(result.runs_ms)), ms(Math.min(...result.runs_ms)),
    ms(median(result.map_ms)), ms(result.first_ms), ms(result.load_ms), `${(result.heap_bytes / 2 ** 20).toFixed(0)} MiB`];
  for (const text of cells) row.insertCell().textContent = text;
  element('results').hidden = false;
}

element('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const [file] = element('file').files;
  const name = file ? file.name : element('model').selectedOptions[0].textContent;
  const threads = Number(element('threads').value);
  const runs = Number(element('runs').value);
  element('status').textContent = `Running ${name}`;
  try {
    const model = file ? await file.arrayBuffer() : element('model').value;
    show(name, threads, await bench(model, threads, { runMs: 0, minRuns: runs, maxRuns: runs }));
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
