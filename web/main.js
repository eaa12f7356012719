// The page: starts the interface here and the engine in a worker, and carries files and messages between them and the
// visitor. What is on the board, and how it looks, is the program's business (core/compare, core/ui).
import { drawsInSoftware, prepareContext } from './context.js';
import { detect } from './detect.js';
import { watchInput, watchKeys } from './input.js';
import { instantiate } from './program.js';
import { mirror, summary, updated } from './table.js';

const element = (id) => document.getElementById(id);
const canvas = element('canvas');
const stage = element('stage');
const say = (text) => { if (element('status').textContent !== text) element('status').textContent = text; };

let program; // the interface's instance
let ui; // its functions
let drawable = false; // the canvas has been prepared
let engine;
let catalogue = [];
const models = new Map(); // id → {name, source, entry?}: a model may have to be sent again
let frames = 0;
let mirrored = -1;
let board = { pictures: [], models: [], cells: [] };

// --- drawing, only when there is a reason ---------------------------------------------------------------------------

let wanted = 0; // frames still to draw
let scheduled = false;
let blink;

// Several: an input takes ImGui a frame for each of its parts (pressed, released), and a list that opens takes three.
function wake(count = 8) {
  wanted = Math.max(wanted, count);
  if (scheduled || !drawable) return;
  scheduled = true;
  requestAnimationFrame(draw);
}

// For the engine's news, at most every `newsMs`. A progress bar is smooth enough at twenty frames a second; where frames
// are drawn in software they take the cores that the engine computes on.
let newsMs = 50;
let lastNews = -Infinity;
let unfinished = 0;
let soon;
function wakeSoon() {
  if (!ui) return;
  soon ??= setTimeout(() => {
    soon = undefined;
    lastNews = performance.now();
    wake(1);
  }, Math.max(0, lastNews + newsMs - performance.now()));
  const left = ui._effcam_ui_unfinished();
  // Progress may wait, a finished cell less, the last one not at all.
  mirrorSoon(left === unfinished ? Math.max(newsMs, 250) : left > 0 ? newsMs : 0);
  unfinished = left;
}

function draw() {
  scheduled = false;
  if (stage.clientWidth === 0 || stage.clientHeight === 0) return;
  const state = ui._effcam_ui_frame(stage.clientWidth, stage.clientHeight);
  frames += 1;
  wanted = Math.max(wanted - 1, state & 1);
  if (wanted > 0) wake(wanted);
  clearTimeout(blink);
  if (state & 2) blink = setTimeout(wake, 250, 1);
  mirrorSoon(100);
}

let lastMirror = -Infinity;
let mirroring;
let mirrorDue = Infinity;

// At least `ms` after the last time.
function mirrorSoon(ms) {
  const due = Math.max(performance.now(), lastMirror + ms);
  if (due >= mirrorDue) return;
  clearTimeout(mirroring);
  mirrorDue = due;
  mirroring = setTimeout(updateMirror, due - performance.now());
}

function updateMirror() {
  mirrorDue = Infinity;
  const version = ui._effcam_ui_version();
  if (version === mirrored) return;
  lastMirror = performance.now();
  mirrored = version;
  board = updated(board, JSON.parse(program.text(ui._effcam_ui_mirror())));
  mirror(element('grid'), board);
  say(summary(board));
  if (board.pending) wake();
  if (board.cells.some(({ state }) => state === 'ready')) tellFirstCell();
}

function notice(text) {
  if (!ui) return say(text);
  program.lend(text, (at) => ui._effcam_ui_notice(at));
  wake();
}

// --- files ----------------------------------------------------------------------------------------------------------

const isModel = (name) => /\.safetensors$/i.test(name);

function addPicture(name, source) {
  const id = program.lend(name, (at) => ui._effcam_ui_announce_picture(at)) >>> 0;
  engine.postMessage({ kind: 'picture', id, name, source });
  wake();
}

function sendModel(id, options = {}) {
  const { name, source } = models.get(id);
  engine.postMessage({ kind: 'model', id, name, source, options });
}

function addModel(name, source, entry) {
  const id = program.lend(name, (at) => ui._effcam_ui_announce_model(at)) >>> 0;
  models.set(id, { name, source, entry });
  if (entry !== undefined) ui._effcam_ui_mark_added(entry, 1);
  sendModel(id);
  wake();
}

function addFiles(files) {
  for (const file of files) {
    if (isModel(file.name)) addModel(file.name.replace(/\.safetensors$/i, ''), file);
    else addPicture(file.name, file);
  }
}

const addressOf = (file) => new URL(file, document.baseURI).href;
const addFromCatalogue = (index) => addModel(catalogue[index].name, addressOf(`models/${catalogue[index].file}`), index);

function save(name, bytes) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// What the interface asks of the page.
const host = {
  send(from, size) {
    const bytes = program.copy(from, size);
    engine.postMessage({ kind: 'command', bytes }, [bytes.buffer]);
  },
  wantModel: (id, gradients, int8) => sendModel(id >>> 0, { gradients, int8 }),
  forget(isAModel, id) {
    if (isAModel) {
      const entry = models.get(id >>> 0)?.entry;
      if (entry !== undefined) ui._effcam_ui_mark_added(entry, 0);
      models.delete(id >>> 0);
    }
    engine.postMessage({ kind: 'forget', id: id >>> 0 });
  },
  pick: (aModel) => element(aModel ? 'pick-models' : 'pick-images').click(),
  addFromCatalogue,
  save: (name, from, size) => save(program.text(name), program.copy(from, size)),
};

// --- the engine -----------------------------------------------------------------------------------------------------

const heard = {
  event: ({ bytes }) => program.lend(bytes, (at, size) => ui._effcam_ui_event(at, size)),
  arriving: ({ id, share }) => ui._effcam_ui_arriving(id, share),
  failed({ what, id, why }) {
    program.lend(why, (at) => (what === 'model' ? ui._effcam_ui_fail_model(id, at) : ui._effcam_ui_fail_picture(id, at)));
  },
  broken: ({ why }) => notice(`The engine stopped (${why}). Reload the page to start it again.`),
};

// Before all else: its program is fetched while this one's is.
function startEngine({ config, threads }) {
  engine = new Worker('engine.js', { type: 'module', name: 'effcam-engine' });
  engine.onmessage = ({ data }) => {
    heard[data.kind]?.(data);
    wakeSoon();
  };
  engine.onerror = (event) => heard.broken({ why: event.message || 'an error in its worker' });
  engine.postMessage({ kind: 'start', config, threads });
}

// --- start ----------------------------------------------------------------------------------------------------------

const pause = (ms = 0) => new Promise((resolve) => { setTimeout(resolve, ms); });

// Nothing that it can do without comes before the first finished cell.
let tellFirstCell;
const firstCell = Promise.race([new Promise((resolve) => { tellFirstCell = resolve; }), pause(10_000)]);

async function json(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${address}`);
  return response.json();
}

async function compile(config) {
  const response = await fetch(`effcam-${config}.wasm`);
  if (!response.ok) throw new Error(`the server answered ${response.status} for effcam-${config}.wasm`);
  return WebAssembly.compileStreaming(response);
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

function fillCatalogue() {
  for (const { name, variant, classes, bytes, licence } of catalogue) {
    const detail = `${variant} · ${classes} classes · ${megabytes(bytes)} · ${licence}`;
    program.lend(name, (at) => program.lend(detail, (detailAt) => ui._effcam_ui_add_to_catalogue(at, detailAt)));
  }
}

async function startInterface({ config, build }, compiled) {
  program = await instantiate(config, compiled, { canvas, host, printErr: (text) => console.warn(text) });
  ui = program.module;
  program.lend(build, (at) => ui._effcam_ui_status(at));
}

function startDrawing() {
  watchKeys({ canvas });  // before GLFW listens
  const why = ui._effcam_ui_start(stage.clientWidth, stage.clientHeight);
  if (why) throw new Error(program.text(why));
  drawable = true;
  element('curtain').classList.add('open');
  watchFiles();
  watchInput({ canvas, stage, drop: element('drop'), wake, addFiles, ui, program });
  canvas.focus({ preventScroll: true });
  wake();
}

// Promises of all that the start reads. The engine gets the program, and reads the default model, as soon as it can.
function fetchBeginning(config) {
  const compiled = compile(config);
  const catalogueReady = json('models/catalogue.json');
  const samplesReady = json('samples.json');
  compiled.then((wasm) => engine.postMessage({ kind: 'compiled', compiled: wasm }), () => {}); // reported by main
  catalogueReady.then((entries) => {
    const first = entries.find((entry) => entry.default);
    if (first) engine.postMessage({ kind: 'expect', source: addressOf(`models/${first.file}`) });
  }, () => {}); // reported by showFirst, like the next
  samplesReady.catch(() => {});
  return { compiled, catalogueReady, samplesReady };
}

// The default model and the sample images, with no click.
async function showFirst({ catalogueReady, samplesReady }) {
  try {
    catalogue = await catalogueReady;
    fillCatalogue();
    catalogue.forEach((entry, index) => { if (entry.default) addFromCatalogue(index); });
    for (const { name, file } of await samplesReady) addPicture(name, addressOf(file));
  } catch (error) {
    notice(error.message);
  }
}

function watchFiles() {
  for (const [picker, button] of [['pick-images', 'add-images'], ['pick-models', 'add-models']]) {
    element(picker).addEventListener('change', ({ target }) => {
      addFiles(target.files);
      target.value = '';
    });
    element(button).addEventListener('click', () => element(picker).click());
  }
}

async function main() {
  const ability = detect();
  window.effcam.ability = ability;
  if (ability.why) return say(ability.why);
  startEngine(ability);
  const beginning = fetchBeginning(ability.config);
  const starting = startInterface(ability, beginning.compiled);
  starting.catch(() => {}); // awaited below
  await beginning.compiled; // until then this thread is left to the worker's start, which needs it
  const context = prepareContext(canvas);
  if (!context) {
    engine.terminate();
    return say('effcam draws with WebGL 2, which this browser does not have or has switched off.');
  }
  await starting;
  // The engine begins with what has arrived, while this thread is busy with the canvas.
  const shown = showFirst(beginning);
  await Promise.race([shown, pause()]);
  startDrawing();
  await shown;
  await firstCell;
  if (drawsInSoftware(context)) newsMs = 500;
  if ('serviceWorker' in navigator) navigator.serviceWorker.register(`sw.js?config=${ability.config}`).catch(() => {});
  return undefined;
}

// What tests look at.
window.effcam = {
  get frames() { return frames; },
  // Of these, how many changed what is seen.
  get shown() { return ui._effcam_ui_frames_shown(); },
  get board() { return board; },
  get memoryBytes() { return program?.memoryBytes(); },
  // Where the named controls are: {name: [x, y]}.
  get controls() { return JSON.parse(program.text(ui._effcam_ui_controls())); },
  enlarge: (picture, model) => { ui._effcam_ui_enlarge(picture, model); wake(); },
  ability: undefined,
};

main().catch((error) => say(`effcam could not start: ${error.message}`));
