needs=(xnnpack_source emscripten)
inputs=(scripts/lib/xnnpack.sh)

make_component() {
  families+='|qd8-f32-qc8w-gemm|qd8-f32-qc8w-igemm|f32-qs8-vcvt|x8-packw|qs8-packw'
  build_xnnpack_wasm "$1" ON
}
