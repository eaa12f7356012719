// What this browser can do, and so which build of the program it gets.

// Two modules of one function each; a browser that knows the instruction calls them valid.
const bytes = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
// (func (result v128) i32.const 0 i8x16.splat)
const simd = bytes('0061736d010000000105016000017b030201000a080106004100fd0f0b');
// (func (result v128) … f32x4.relaxed_madd)
const relaxed = bytes('0061736d010000000105016000017b030201000a130111004100fd0f4100fd0f4100fd0ffd85020b');

// How many threads to use: as many as the machine runs at once, up to 8, or as the page's address asks (?threads=1).
function threadsOf(address) {
  const asked = Number(new URLSearchParams(address.search).get('threads'));
  const most = Math.max(1, Math.min(8, navigator.hardwareConcurrency || 1));
  return asked >= 1 ? Math.min(Math.floor(asked), 8) : most;
}

// {config, threads, build} or {why}.
export function detect(address = self.location) {
  if (typeof WebAssembly !== 'object') {
    return { why: 'effcam needs WebAssembly, which this browser does not have or does not allow.' };
  }
  if (!WebAssembly.validate(simd)) {
    return { why: 'effcam needs WebAssembly SIMD. Chrome and Edge 91, Firefox 89, Safari 16.4 and later have it.' };
  }
  const threaded = self.crossOriginIsolated === true && typeof SharedArrayBuffer === 'function';
  const isRelaxed = WebAssembly.validate(relaxed);
  const threads = threaded ? threadsOf(address) : 1;
  return {
    config: `wasm-${isRelaxed ? 'relaxed' : 'simd'}${threaded ? '-threads' : ''}`,
    threads,
    build: `${threads === 1 ? '1 thread' : `${threads} threads`}${threaded ? '' : ' (page not isolated)'} · ` +
      `${isRelaxed ? 'relaxed SIMD' : 'SIMD'}`,
  };
}
