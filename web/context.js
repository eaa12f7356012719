// The canvas's WebGL 2 context, made before GLFW asks for it.

function isSoftware(gl) {
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}

// ImGui's back end reads the whole state at each frame to restore it afterwards, and every question waits until the
// graphics process has finished the frame before: on a busy machine that is what would freeze the page. Nothing else
// draws in this context, so the answers of its beginning serve for ever.
// {software: whether the processor draws}, or undefined.
export function prepareContext(canvas) {
  const gl = canvas.getContext('webgl2', {
    alpha: false, antialias: false, depth: false, stencil: false, powerPreference: 'low-power',
    preserveDrawingBuffer: true, // a frame draws only what has changed (door/damage.h)
  });
  if (!gl) return undefined;
  const answers = new Map();
  const ask = gl.getParameter.bind(gl);
  gl.getParameter = (name) => {
    if (!answers.has(name)) answers.set(name, ask(name));
    return answers.get(name);
  };
  return { software: isSoftware(gl) };
}
