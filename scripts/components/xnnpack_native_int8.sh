needs=(xnnpack_source)
inputs=(scripts/lib/xnnpack.sh)

make_component() {
  families+='|qd8-f32-qc8w-gemm|qd8-f32-qc8w-igemm|f32-qs8-vcvt|x8-packw|qs8-packw'
  CC=gcc CXX=g++ build_xnnpack "$1" -DCMAKE_C_FLAGS='-ffunction-sections -fdata-sections' \
    -DCMAKE_CXX_FLAGS='-ffunction-sections -fdata-sections -fno-exceptions -fno-rtti'
}
