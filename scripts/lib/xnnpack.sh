# Sourced by the xnnpack_* recipes: builds XNNPACK and pthreadpool as static libraries.

# The families of micro-kernels that these f32 operators need.
families='f32-gemm|f32-igemm|f32-dwconv|f32-vmulcaddc|x32-packw'   # convolutions, deconvolution, products, multiply-add
families+='|f32-vsigmoid|f32-vbinary'                              # sigmoid, addition and multiplication
families+='|f32-rdsum|f32-rsum'                                    # sum and mean
families+='|f32-rminmax|f32-raddstoreexpminusmax'                  # softmax, with f32-vbinary

# build_xnnpack <folder> <cmake's arguments...>: the folder gets lib/ and include/.
build_xnnpack() {
  local folder=$1 sources
  shift
  sources=$(component_path xnnpack_source)
  cmake -G Ninja -S "$sources/xnnpack" -B "$folder/build" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_FLAGS_RELEASE='-O2 -DNDEBUG' -DCMAKE_CXX_FLAGS_RELEASE='-O2 -DNDEBUG' \
    -DCMAKE_INSTALL_PREFIX="$folder" -DCMAKE_INSTALL_LIBDIR=lib -DCCACHE_BINARY=OFF \
    -DXNNPACK_LIBRARY_TYPE=static -DPTHREADPOOL_LIBRARY_TYPE=static -DCPUINFO_LIBRARY_TYPE=static \
    -DXNNPACK_BUILD_TESTS=OFF -DXNNPACK_BUILD_BENCHMARKS=OFF -DXNNPACK_BUILD_ALL_MICROKERNELS=OFF \
    -DXNNPACK_MICROKERNEL_FAMILIES="$families" -DXNNPACK_F32_ONLY=ON -DPTHREADPOOL_ALLOW_DEPRECATED_API=OFF \
    -DPTHREADPOOL_SOURCE_DIR="$sources/pthreadpool" -DFXDIV_SOURCE_DIR="$sources/fxdiv" \
    -DCPUINFO_SOURCE_DIR="$sources/cpuinfo" "$@" > "$folder/build.log" 2>&1 &&
    cmake --build "$folder/build" -j "$(jobs_count)" >> "$folder/build.log" 2>&1 &&
    cmake --install "$folder/build" >> "$folder/build.log" 2>&1 ||
    { tail -40 "$folder/build.log" >&2; return 1; }
  rm -rf "$folder/build" "$folder/share" "$folder/lib/pkgconfig"
}

# build_xnnpack_wasm <folder> <relaxed: ON|OFF>
# The objects are compiled for threads; a program without threads links them too (its thread pool is null).
build_xnnpack_wasm() {
  # shellcheck disable=SC1091
  . "$(component_path emscripten)/env.sh"
  build_xnnpack "$1" -DCMAKE_TOOLCHAIN_FILE="$EMSCRIPTEN/cmake/Modules/Platform/Emscripten.cmake" \
    -DXNNPACK_ENABLE_WASM_RELAXED_SIMD="$2" -DCMAKE_C_FLAGS=-pthread \
    -DCMAKE_CXX_FLAGS='-pthread -fno-exceptions -fno-rtti'
}
