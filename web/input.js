// Files that are dropped or pasted, and what of the keyboard and of fingers GLFW's port does not handle as a page should.

function pastedFiles(clipboard) {
  // A copied picture is always called image.png.
  const time = new Date().toLocaleTimeString('en-GB').replaceAll(':', '.');
  return [...clipboard.files].map((file) =>
    (file.name === 'image.png' ? new File([file], `Pasted at ${time}.png`, { type: file.type }) : file));
}

function watchDrops({ drop, addFiles }) {
  const carriesFiles = (event) => event.dataTransfer?.types.includes('Files');
  addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    drop.hidden = false;
  });
  addEventListener('dragleave', (event) => { if (event.relatedTarget === null) drop.hidden = true; });
  addEventListener('drop', (event) => {
    drop.hidden = true;
    if (!carriesFiles(event)) return;
    event.preventDefault();
    addFiles(event.dataTransfer.files);
  });
}

function watchPaste({ addFiles, ui, program, wake }) {
  addEventListener('paste', (event) => {
    if (event.clipboardData.files.length > 0) return addFiles(pastedFiles(event.clipboardData));
    const text = event.clipboardData.getData('text/plain');
    if (text) program.lend(text, (at) => ui._effcam_ui_text(at));
    return wake();
  });
}

// GLFW listens on the window and takes every key: Tab, which must leave the canvas, and what is typed elsewhere.
function watchKeys({ canvas }) {
  const filter = (event) => {
    const elsewhere = event.target !== canvas && event.target !== document.body;
    if (elsewhere || event.key === 'Tab') event.stopImmediatePropagation();
  };
  for (const type of ['keydown', 'keypress', 'keyup']) addEventListener(type, filter, true);
  // Ctrl and the wheel is the browser's own zoom.
  addEventListener('wheel', (event) => { if (event.ctrlKey) event.stopImmediatePropagation(); }, true);
}

// A finger that drags scrolls.
function watchFingers({ canvas, ui, wake }) {
  let last;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch' && event.isPrimary) last = event;
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!last || event.pointerId !== last.pointerId) return;
    ui._effcam_ui_scroll(event.clientX - last.clientX, event.clientY - last.clientY);
    last = event;
    wake();
  });
  for (const type of ['pointerup', 'pointercancel']) canvas.addEventListener(type, () => { last = undefined; });
}

export function watchInput(page) {
  watchDrops(page);
  watchPaste(page);
  watchFingers(page);
  for (const type of ['pointermove', 'pointerdown', 'pointerup', 'wheel', 'keydown', 'keypress', 'keyup', 'focus', 'blur']) {
    addEventListener(type, () => page.wake(), { capture: true, passive: true });
  }
  document.addEventListener('pointerleave', () => page.wake());
  new ResizeObserver(() => page.wake()).observe(page.stage);
  // The density changes with the zoom, and when the window moves to another screen.
  const watchDensity = () => {
    page.wake();
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', watchDensity, { once: true });
  };
  watchDensity();
}

// Before GLFW is started: listeners are called in the order they were added.
export { watchKeys };
