// An instance of the compiled program, and the way of bytes and text into and out of its memory.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function findMemory(instance, imports) {
  const values = [...Object.values(instance.exports), ...Object.values(imports).flatMap((group) => Object.values(group))];
  return values.find((value) => value instanceof WebAssembly.Memory);
}

// `compiled`: the WebAssembly.Module, or the promise of it: what else the program needs is fetched meanwhile. `options`
// become properties of the program's Module.
export async function instantiate(config, compiled, options) {
  const { default: create } = await import(`./effcam-${config}.js`);
  let memory;
  const files = new Map(); // what the program reads piece by piece, by handles
  let lastFile = 0;
  const module = await new Promise((resolve, reject) => {
    create({
      ...options,
      readFile(file, at, to, size) {
        new Uint8Array(memory.buffer, to >>> 0, size >>> 0).set(files.get(file).subarray(at, at + size));
      },
      dropFile: (file) => files.delete(file),
      instantiateWasm(imports, done) {
        Promise.resolve(compiled).then(async (wasm) => {
          const instance = await WebAssembly.instantiate(wasm, imports);
          memory = findMemory(instance, imports);
          done(instance, wasm);
        }).catch(reject);
        return {};
      },
    }).then(resolve, reject);
  });
  return {
    module,
    // A view; the memory may grow, and other threads may write to it.
    view: (from, size) => new Uint8Array(memory.buffer, from >>> 0, size >>> 0),
    copy: (from, size) => new Uint8Array(memory.buffer, from >>> 0, size >>> 0).slice(),
    text(from) {
      const all = new Uint8Array(memory.buffer);
      return decoder.decode(all.slice(from >>> 0, all.indexOf(0, from >>> 0)));
    },
    // Calls `use` with bytes (or a text, which becomes UTF-8 with an end) that lie in memory for as long as it runs.
    lend(what, use) {
      const bytes = typeof what === 'string' ? encoder.encode(`${what}\0`) : what;
      const at = module._malloc(bytes.length || 1) >>> 0;
      new Uint8Array(memory.buffer).set(bytes, at);
      try {
        return use(at, bytes.length);
      } finally {
        module._free(at);
      }
    },
    // Bytes that stay outside of the program's memory; the program says when it has read them.
    keepFile(bytes) {
      lastFile += 1;
      files.set(lastFile, bytes);
      return lastFile;
    },
    memoryBytes: () => memory.buffer.byteLength,
    // Until then the program's threads take no part in what it does.
    threadsReady: Promise.resolve(module.pthreadPoolReady),
  };
}
