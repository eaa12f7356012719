needs=(xnnpack_source emscripten)
inputs=(scripts/lib/xnnpack.sh)

make_component() { build_xnnpack_wasm "$1" OFF; }
