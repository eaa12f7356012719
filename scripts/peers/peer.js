// effcam as one more engine of the peers' benchmark: its public benchmark page, fed with the benchmark's models and inputs.
// At the address peer.html?int8 it is another one, in that precision.
const timed = window.bench;
window.ready = false;

const floats = async (url) => new Float32Array(await (await fetch(url)).arrayBuffer());

// NCHW → NHWC
function channelsLast(values, side) {
  const turned = new Float32Array(values.length);
  const area = side * side;
  for (let i = 0; i < area; i += 1) for (let c = 0; c < 3; c += 1) turned[i * 3 + c] = values[c * area + i];
  return turned;
}

const int8 = new URLSearchParams(window.location.search).has('int8');
const defaults = { cam: false, input: 0, warmMs: 1000, warmRuns: 3, runMs: 2000, minRuns: 5, maxRuns: 100 };

window.bench = async (model, threads, options = {}) => {
  const { cam, input, ...timing } = { ...defaults, ...options };
  const base = `/models/${model}/`;
  const side = (await (await fetch(`${base}meta.json`)).json()).input[3];
  const result = await timed(`${base}state.safetensors`, threads, {
    ...timing, int8, side, input: channelsLast(await floats(`${base}input${input}.bin`), side), peak: true,
  });
  if (cam) {
    result.runs_ms = result.runs_ms.map((ms, i) => ms + result.map_ms[i]);
    result.cam = result.map.values;
  }
  return result;
};
window.ready = true;
