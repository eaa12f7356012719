// The worker of bench.html: loads one model and times its forward pass.
import { instantiate } from './program.js';

let program;

const ask = (at) => {
  const answer = JSON.parse(program.text(at));
  if (answer.error) throw new Error(answer.error);
  return answer;
};

// What `options` ask for beside the times, measured after them.
function extras(module, { peak, profile }, passes) {
  if (!peak && !profile) return {};
  const measured = ask(module._effcam_bench_peak());
  return { peak: measured, ...(profile && { profile: ask(module._effcam_bench_profile(passes, measured.gflops)) }) };
}

async function run(options) {
  const { config, compiled, threads, model, input, side, int8, operators, target } = options;
  program = await instantiate(config, compiled, { poolSize: threads - 1 });
  await program.threadsReady;
  const { module } = program;
  const file = program.keepFile(new Uint8Array(model));
  const loaded = ask(module._effcam_bench_load(file, model.byteLength, threads, side, Number(int8),
    Number(operators === 'xnnpack')));
  if (input) program.view(module._effcam_bench_input(), input.byteLength).set(new Uint8Array(input.buffer));
  const once = () => ask(module._effcam_bench_run());
  const mapMs = []; // of the map after each forward pass
  const repeat = (ms, least, most) => {
    const times = [];
    mapMs.length = 0;
    for (const start = performance.now(); times.length < most && (times.length < least || performance.now() - start < ms);) {
      times.push(once().ms);
      mapMs.push(ask(module._effcam_bench_map(target)).ms);
    }
    return times;
  };
  const first = once();
  repeat(options.warmMs, options.warmRuns, Infinity);
  const runs = repeat(options.runMs, options.minRuns, options.maxRuns);
  return {
    load_ms: loaded.loadMs, precision: loaded.precision, operators: loaded.operators, size: loaded.size,
    classes: loaded.classes, multiply_adds: loaded.multiplyAdds,
    first_ms: first.ms, runs_ms: runs, map_ms: mapMs, logits: once().logits, map: ask(module._effcam_bench_map(target)),
    heap_bytes: program.memoryBytes(), weight_bytes: loaded.weightBytes, activation_bytes: loaded.activationBytes,
    operator_bytes: loaded.operatorBytes,
    ...extras(module, options, runs.length),
  };
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ result: await run(data) });
  } catch (error) {
    self.postMessage({ error: String(error?.message ?? error) });
  }
};
