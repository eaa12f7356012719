needs=(xnnpack_source)
inputs=(scripts/lib/xnnpack.sh cmake/aarch64.cmake)

make_component() {
  # I8MM brings KleidiAI with it, which configuring would download; SME needs a newer compiler. Sections: as in
  # xnnpack_native.
  build_xnnpack "$1" -DCMAKE_TOOLCHAIN_FILE="$root/cmake/aarch64.cmake" -DXNNPACK_ENABLE_KLEIDIAI=OFF \
    -DXNNPACK_ENABLE_ARM_I8MM=OFF -DXNNPACK_ENABLE_ARM_SME=OFF -DXNNPACK_ENABLE_ARM_SME2=OFF \
    -DCMAKE_C_FLAGS='-ffunction-sections -fdata-sections' \
    -DCMAKE_CXX_FLAGS='-ffunction-sections -fdata-sections -fno-exceptions -fno-rtti'
}
