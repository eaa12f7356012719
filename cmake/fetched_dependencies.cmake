# The dependencies from upstream, for systems that scripts/setup does not know (macOS, other Linux): the versions that
# it takes from Debian. Archives are pinned by sha256, Git repositories by commit or by tag. Written for completeness;
# the project's own builds and tests use scripts/setup.
include(FetchContent)
set(FETCHCONTENT_QUIET OFF)
set(effcam_patches "${CMAKE_CURRENT_LIST_DIR}/../scripts/patches")

# Where a fetched project must not be added as a subdirectory: a folder that it does not have.
set(effcam_sources_only SOURCE_SUBDIR no-cmake-project-here)

FetchContent_Declare(effcam_fetched_stb ${effcam_sources_only}
  URL https://github.com/nothings/stb/archive/5c205738c191bcb0abc65c4febfa9bd25ff35234.tar.gz
  URL_HASH SHA256=cfeab9f800961882d6d22ddf36e965523b33002f4f937de08321304c9ba72af3
  # <stb/stb_image.h>, as Debian installs it
  SOURCE_DIR "${CMAKE_BINARY_DIR}/_deps/stb-include/stb")
FetchContent_Declare(effcam_fetched_json ${effcam_sources_only}
  URL https://github.com/nlohmann/json/releases/download/v3.11.3/json.tar.xz
  URL_HASH SHA256=d6c65aca6b1ed68e7a182f4757257b107ae403032760ed6ef121c9d55e81757d)
FetchContent_Declare(effcam_fetched_cli11 ${effcam_sources_only}
  GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git
  GIT_TAG v2.4.1 GIT_SHALLOW ON)
FetchContent_Declare(effcam_fetched_imgui ${effcam_sources_only}
  GIT_REPOSITORY https://github.com/ocornut/imgui.git
  GIT_TAG v1.90.1 GIT_SHALLOW ON)
FetchContent_Declare(effcam_fetched_googletest ${effcam_sources_only}
  URL https://github.com/google/googletest/archive/refs/tags/v1.16.0.tar.gz
  URL_HASH SHA256=78c676fc63881529bf97bf9d45948d905a66833fbfa5318ea2cd7478cb98f399)
FetchContent_MakeAvailable(effcam_fetched_stb effcam_fetched_json effcam_fetched_cli11 effcam_fetched_imgui
  effcam_fetched_googletest)

foreach(library IN ITEMS stb json cli11)
  add_library(effcam_${library} INTERFACE)
  add_library(effcam::${library} ALIAS effcam_${library})
endforeach()
target_include_directories(effcam_stb SYSTEM INTERFACE "${CMAKE_BINARY_DIR}/_deps/stb-include")
target_include_directories(effcam_json SYSTEM INTERFACE "${effcam_fetched_json_SOURCE_DIR}/include")
target_include_directories(effcam_cli11 SYSTEM INTERFACE "${effcam_fetched_cli11_SOURCE_DIR}/include")
set(EFFCAM_IMGUI_DIR "${effcam_fetched_imgui_SOURCE_DIR}")
set(EFFCAM_GOOGLETEST_DIR "${effcam_fetched_googletest_SOURCE_DIR}")

# XNNPACK downloads cpuinfo, FXdiv and pthreadpool itself (it pins them). All of its micro-kernels are built: that dead code
# may stay undefined is known of GNU ld, LLVM's lld and wasm-ld only.
set(XNNPACK_LIBRARY_TYPE static CACHE INTERNAL "")
set(PTHREADPOOL_LIBRARY_TYPE static CACHE INTERNAL "")
set(XNNPACK_ENABLE_KLEIDIAI OFF CACHE INTERNAL "")
set(XNNPACK_BUILD_TESTS OFF CACHE INTERNAL "")
set(XNNPACK_BUILD_BENCHMARKS OFF CACHE INTERNAL "")
set(XNNPACK_BUILD_ALL_MICROKERNELS OFF CACHE INTERNAL "")
set(XNNPACK_ENABLE_WASM_RELAXED_SIMD "${EFFCAM_WASM_RELAXED}" CACHE INTERNAL "")
set(effcam_xnnpack_patch)
foreach(patch IN ITEMS emscripten-cmake microkernel-families f32-elementwise wasm-dwconv-nofma math-include
    narrow-outputs avx512-tile wasm-tile)
  list(APPEND effcam_xnnpack_patch COMMAND patch -p1 -i "${effcam_patches}/xnnpack-${patch}.patch")
endforeach()
list(POP_FRONT effcam_xnnpack_patch)
FetchContent_Declare(effcam_fetched_xnnpack
  GIT_REPOSITORY https://github.com/google/XNNPACK.git
  GIT_TAG 4ea82e595b36106653175dcb04b2aa532660d0d8
  PATCH_COMMAND ${effcam_xnnpack_patch})
FetchContent_MakeAvailable(effcam_fetched_xnnpack)
add_library(effcam_xnnpack INTERFACE)
target_link_libraries(effcam_xnnpack INTERFACE XNNPACK pthreadpool)
add_library(effcam::xnnpack ALIAS effcam_xnnpack)
