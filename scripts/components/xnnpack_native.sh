needs=(xnnpack_source)
inputs=(scripts/lib/xnnpack.sh)

make_component() {
  # Sections, so that --gc-sections drops what a program does not use (and with it the kernels that were not built).
  CC=gcc CXX=g++ build_xnnpack "$1" -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
    -DCMAKE_C_FLAGS='-ffunction-sections -fdata-sections' \
    -DCMAKE_CXX_FLAGS='-ffunction-sections -fdata-sections -fno-exceptions -fno-rtti'
}
