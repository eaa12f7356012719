// What is compared with what, and how far ahead effcam means to be: its latency as a share of the fastest rival's.

// What scripts/bench_table measures unless told otherwise.
export const engines = ['effcam', 'effcam-int8', 'litert-web', 'tfjs-wasm', 'ort-web', 'effcam-native', 'ort-node',
  'torch', 'torch-jit', 'opencv-dnn'];

// `aims`: by model, or the same for every one.
export const contests = [
  {
    title: 'Chromium, WebAssembly',
    ours: 'effcam',
    rivals: ['litert-web', 'tfjs-wasm', 'ort-web'],
    aims: { b0: 0.62, b1: 0.62, b2: 0.62, b3: 0.67, b4: 0.67, b5: 0.67 },
  },
  { title: 'Native', ours: 'effcam-native', rivals: ['ort-node', 'torch', 'torch-jit', 'opencv-dnn'], aims: 0.85 },
  { title: 'Chromium, 8-bit integers beside 32-bit floats', ours: 'effcam-int8', rivals: ['effcam'], aims: 0.55 },
  // Beside an earlier state of effcam: scripts/bench_peers --before CHECKOUT.
  { title: 'Chromium, beside the state before', ours: 'effcam', rivals: ['before'], aims: 1.03 },
  { title: 'Chromium, 8-bit integers, beside the state before', ours: 'effcam-int8', rivals: ['before-int8'], aims: 1.03 },
  { title: 'Native, beside the state before', ours: 'effcam-native', rivals: ['before-native'], aims: 1.03 },
];

// Whose times are set beside the arithmetic's peak.
export const roofs = [
  { title: 'Chromium, WebAssembly', engine: 'effcam' },
  { title: 'Native', engine: 'effcam-native' },
];

export const aimOf = ({ aims }, model) => (typeof aims === 'number' ? aims : aims[model]);
