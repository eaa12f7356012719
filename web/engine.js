// The worker that computes: the engine's instance of the program. It works in short turns, so that what the page asks
// (a cancel above all) is heard between them.
import { instantiate } from './program.js';

const turn = 30; // milliseconds
let program;
let module;
let working = false;
const bell = new MessageChannel(); // a task of its own for each turn: messages of the page come in between
bell.port1.onmessage = work;

const alive = new Set(); // pictures and models that the page has not taken back
const pictures = []; // waiting to be read
let stepped = () => {};

function work() {
  const more = module._effcam_engine_step(turn);
  stepped();
  if (more) bell.port2.postMessage(0);
  working = more !== 0;
}

function wake() {
  if (!working) bell.port2.postMessage(0);
  working = true;
}

function put(bytes) {
  const at = module._effcam_engine_reserve(bytes.length);
  program.view(at, bytes.length).set(bytes);
}

// `whose`: {id} of the model or picture, once it has one.
async function download(url, whose) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${url}`);
  const size = Number(response.headers.get('content-length'));
  const chunks = [];
  let read = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    read += value.length;
    if (size > 0 && whose.id !== undefined) self.postMessage({ kind: 'arriving', id: whose.id, share: Math.min(1, read / size) });
  }
  const bytes = new Uint8Array(read);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

const expected = new Map(); // downloads by address that began before somebody asked for them: {whose, bytes}

function expect({ source }) {
  const whose = {};
  const bytes = download(source, whose);
  bytes.catch(() => {}); // said to whoever asks
  expected.set(source, { whose, bytes });
}

// Files of this machine are read one after the other: the first is worked on while the next one is read.
let lastBlob = Promise.resolve();
function readBlob(blob) {
  const bytes = lastBlob.then(async () => new Uint8Array(await blob.arrayBuffer()));
  lastBlob = bytes.catch(() => {});
  return bytes;
}

// A file is a Blob, or the address of one.
async function read({ id, source }) {
  if (typeof source !== 'string') return readBlob(source);
  const begun = expected.get(source);
  expected.delete(source);
  if (!begun) return download(source, { id });
  begun.whose.id = id;
  return begun.bytes;
}

async function addModel(message) {
  try {
    const bytes = await read(message);
    if (!alive.has(message.id)) return;
    const { gradients = false, int8 = false } = message.options;
    program.lend(message.name, (name) => module._effcam_engine_add_model(message.id, name, program.keepFile(bytes),
      bytes.length, Number(gradients), Number(int8)));
    wake();
  } catch (error) {
    self.postMessage({ kind: 'failed', what: 'model', id: message.id, why: `${message.name}: ${error.message}` });
  }
}

// One after the other, each when the one before has been decoded: files are large, and memory is not.
async function addPictures() {
  while (pictures.length > 0) {
    const message = pictures[0];
    try {
      const bytes = await read(message);
      if (alive.has(message.id)) {
        put(bytes);
        program.lend(message.name, (name) => module._effcam_engine_add_picture(message.id, name));
        const done = new Promise((resolve) => { stepped = resolve; });
        wake();
        await done;
      }
    } catch (error) {
      self.postMessage({ kind: 'failed', what: 'picture', id: message.id, why: `${message.name}: ${error.message}` });
    }
    pictures.shift();
  }
}

const answers = {
  command({ bytes }) {
    program.lend(bytes, (at, size) => module._effcam_engine_command(at, size));
    wake();
  },
  picture(message) {
    alive.add(message.id);
    if (pictures.push(message) === 1) addPictures();
  },
  model(message) {
    alive.add(message.id);
    addModel(message);
  },
  forget({ id }) { alive.delete(id); },
};

let giveCompiled;
const compiled = new Promise((resolve) => { giveCompiled = resolve; });

async function start({ config, threads }) {
  program = await instantiate(config, compiled, {
    poolSize: threads - 1,
    post(from, size) {
      const bytes = program.copy(from, size);
      self.postMessage({ kind: 'event', bytes }, [bytes.buffer]);
    },
    print: (text) => console.log(text),
    printErr: (text) => console.warn(text),
  });
  module = program.module;
  module._effcam_engine_start(threads);
}

// What need not wait for the program: it is what it waits for, or a download that begins meanwhile.
const early = {
  start(message) { started = start(message); },
  compiled: (message) => giveCompiled(message.compiled),
  expect,
};

let started;
self.onmessage = async ({ data }) => {
  try {
    early[data.kind]?.(data);
    await started;
    answers[data.kind]?.(data);
  } catch (error) {
    self.postMessage({ kind: 'broken', why: String(error?.message ?? error) });
  }
};
