// The canvas's WebGL 2 context, made before GLFW asks for it.

// ImGui's back end reads the whole state at each frame to restore it afterwards, and every question waits until the
// graphics process has finished the frame before: on a busy machine that is what would freeze the page. Nothing else
// draws in this context, so the answers of its beginning serve for ever.
export function prepareContext(canvas) {
  const gl = canvas.getContext('webgl2', {
    alpha: false, antialias: false, depth: false, stencil: false, powerPreference: 'low-power',
  });
  if (!gl) return false;
  const answers = new Map();
  const ask = gl.getParameter.bind(gl);
  gl.getParameter = (name) => {
    if (!answers.has(name)) answers.set(name, ask(name));
    return answers.get(name);
  };
  return true;
}
