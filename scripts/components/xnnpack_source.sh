# XNNPACK, pthreadpool, FXdiv, cpuinfo: patched sources. Why each patch: docs/building.md.
sources=(xnnpack pthreadpool fxdiv cpuinfo)
inputs=(scripts/patches)

make_component() {
  local package patch
  download_source trixie xnnpack pthreadpool fxdiv
  download_source sid cpuinfo              # no older suite has its sources
  for package in "${sources[@]}"; do unpack_source "$package" "$1/$package"; done
  for patch in emscripten-cmake microkernel-families f32-elementwise wasm-dwconv-nofma math-include narrow-outputs \
      avx512-tile wasm-tile; do
    apply_patch "$1/xnnpack" "xnnpack-$patch"
  done
  # Sixteen wasm kernels include ARM's header by mistake, and Emscripten's imitation of it is broken.
  grep -rl --include='*wasm*' 'include <arm_neon.h>' "$1/xnnpack/src" |
    xargs sed -i 's/#include <arm_neon.h>/#include <wasm_simd128.h>/'
}
