// The canvas's WebGL 2 context, made before GLFW asks for it.

// A context of which nothing has been asked or told yet is in the state that WebGL defines.
function beginningOf(gl) {
  const whole = Int32Array.of(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
  return new Map([
    [gl.ACTIVE_TEXTURE, gl.TEXTURE0],
    [gl.CURRENT_PROGRAM, null], [gl.TEXTURE_BINDING_2D, null], [gl.SAMPLER_BINDING, null],
    [gl.ARRAY_BUFFER_BINDING, null], [gl.ELEMENT_ARRAY_BUFFER_BINDING, null], [gl.VERTEX_ARRAY_BINDING, null],
    [gl.VIEWPORT, whole], [gl.SCISSOR_BOX, whole],
    [gl.BLEND_SRC_RGB, gl.ONE], [gl.BLEND_SRC_ALPHA, gl.ONE],
    [gl.BLEND_DST_RGB, gl.ZERO], [gl.BLEND_DST_ALPHA, gl.ZERO],
    [gl.BLEND_EQUATION_RGB, gl.FUNC_ADD], [gl.BLEND_EQUATION_ALPHA, gl.FUNC_ADD],
  ]);
}

// ImGui's back end reads the whole state at each frame to restore it afterwards, and every question waits until the
// graphics process has finished the frame before: on a busy machine that is what would freeze the page. Nothing else
// draws in this context, so the answers of its beginning serve for ever. The context, or null.
export function prepareContext(canvas) {
  // At once as large as it will be: another size is another drawing buffer.
  canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
  canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
  const gl = canvas.getContext('webgl2', {
    alpha: false, antialias: false, depth: false, stencil: false, powerPreference: 'low-power',
    preserveDrawingBuffer: true, // a frame draws only what has changed (door/damage.h)
  });
  if (!gl) return null;
  const answers = beginningOf(gl);
  const ask = gl.getParameter.bind(gl);
  gl.getParameter = (name) => {
    if (!answers.has(name)) answers.set(name, ask(name));
    return answers.get(name);
  };
  return gl;
}

// Whether the processor draws.
export function drawsInSoftware(gl) {
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}
