# The libraries that effcam uses, as targets:
#
#   effcam::xnnpack     XNNPACK                          effcam::imgui       Dear ImGui, no platform
#   effcam::stb         <stb/stb_image.h>, ...           effcam::imgui_glfw  its GLFW and OpenGL 3 back ends, with GLFW
#   effcam::json        <nlohmann/json.hpp>              GTest::gtest_main   GoogleTest, unless BUILD_TESTING=OFF
#   effcam::cli11       <CLI/CLI.hpp>
#
# scripts/setup makes them in a cache and writes build/dependencies.cmake, which says where (EFFCAM_DEPENDENCIES names
# another such file). Where there is none, they are fetched from upstream: cmake/fetched_dependencies.cmake.

if(NOT EFFCAM_DEPENDENCIES AND EXISTS "${CMAKE_CURRENT_LIST_DIR}/../build/dependencies.cmake")
  cmake_path(SET effcam_dependencies NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../build/dependencies.cmake")
else()
  set(effcam_dependencies "${EFFCAM_DEPENDENCIES}")
endif()

if(effcam_dependencies)
  message(STATUS "Dependencies: ${effcam_dependencies}")
  # Components are immutable and named by what they are made from: a changed one is another folder.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${effcam_dependencies}")
  include("${effcam_dependencies}")
else()
  message(STATUS "Dependencies: fetched from upstream")
  include("${CMAKE_CURRENT_LIST_DIR}/fetched_dependencies.cmake")
endif()

# Emscripten's toolchain file prefers a program "nodejs" of the system's, which may be one that computes relaxed SIMD
# wrongly: the tests run under setup's Node.
if(EMSCRIPTEN AND EFFCAM_NODE_DIR)
  set(CMAKE_CROSSCOMPILING_EMULATOR "${EFFCAM_NODE_DIR}/bin/node")
endif()

# A target of headers, which do not answer to this project's warnings.
function(effcam_headers name folder)
  add_library(effcam_${name} INTERFACE)
  target_include_directories(effcam_${name} SYSTEM INTERFACE "${folder}")
  add_library(effcam::${name} ALIAS effcam_${name})
endfunction()

# --- threads --------------------------------------------------------------------------------------------------------

# Emscripten has them or not by its own options (cmake/options.cmake).
if(EMSCRIPTEN)
  add_library(effcam_threads INTERFACE)
  add_library(Threads::Threads ALIAS effcam_threads)
else()
  find_package(Threads REQUIRED)
endif()

# --- XNNPACK --------------------------------------------------------------------------------------------------------

if(NOT TARGET effcam_xnnpack)   # the fetched one is built within the project
  if(EMSCRIPTEN AND EFFCAM_WASM_RELAXED)
    set(effcam_xnnpack_folder "${EFFCAM_XNNPACK_WASM_RELAXED_DIR}")
  elseif(EMSCRIPTEN)
    set(effcam_xnnpack_folder "${EFFCAM_XNNPACK_WASM_SIMD_DIR}")
  elseif(CMAKE_CROSSCOMPILING)
    set(effcam_xnnpack_folder "${EFFCAM_XNNPACK_ARM64_DIR}")
  else()
    set(effcam_xnnpack_folder "${EFFCAM_XNNPACK_NATIVE_DIR}")
  endif()
  if(EFFCAM_INT8_BENCH AND EMSCRIPTEN)
    set(effcam_xnnpack_folder "${EFFCAM_XNNPACK_WASM_RELAXED_INT8_DIR}")
  elseif(EFFCAM_INT8_BENCH)
    set(effcam_xnnpack_folder "${EFFCAM_XNNPACK_NATIVE_INT8_DIR}")
  endif()
  if(NOT IS_DIRECTORY "${effcam_xnnpack_folder}")
    message(FATAL_ERROR "XNNPACK for this configuration is missing: run scripts/setup")
  endif()

  effcam_headers(xnnpack "${effcam_xnnpack_folder}/include")
  # pthreadpool: its arithmetic is used, its threads are not.
  set(effcam_libraries XNNPACK microkernels-prod pthreadpool)
  if(NOT EMSCRIPTEN)
    list(APPEND effcam_libraries cpuinfo)
    # Only the micro-kernels that the project uses are built. The others are undefined, in sections that nothing
    # refers to; without this option the link fails on them. (wasm-ld drops such sections by itself.)
    target_link_options(effcam_xnnpack INTERFACE LINKER:--gc-sections)
  endif()
  list(TRANSFORM effcam_libraries REPLACE "(.+)" "${effcam_xnnpack_folder}/lib/lib\\1.a")
  target_link_libraries(effcam_xnnpack INTERFACE ${effcam_libraries} Threads::Threads $<$<NOT:$<BOOL:${EMSCRIPTEN}>>:m>)
endif()

# --- headers --------------------------------------------------------------------------------------------------------

if(EFFCAM_HEADERS_DIR)
  foreach(name IN ITEMS stb json cli11)
    effcam_headers(${name} "${EFFCAM_HEADERS_DIR}/include")
  endforeach()
  target_include_directories(effcam_stb SYSTEM INTERFACE "${EFFCAM_HEADERS_DIR}/include/stb")
endif()

# --- Dear ImGui -----------------------------------------------------------------------------------------------------

add_library(effcam_imgui STATIC EXCLUDE_FROM_ALL
  "${EFFCAM_IMGUI_DIR}/imgui.cpp" "${EFFCAM_IMGUI_DIR}/imgui_demo.cpp" "${EFFCAM_IMGUI_DIR}/imgui_draw.cpp"
  "${EFFCAM_IMGUI_DIR}/imgui_tables.cpp" "${EFFCAM_IMGUI_DIR}/imgui_widgets.cpp")
target_include_directories(effcam_imgui SYSTEM PUBLIC "${EFFCAM_IMGUI_DIR}")
target_compile_definitions(effcam_imgui PUBLIC IMGUI_DISABLE_OBSOLETE_FUNCTIONS IMGUI_DISABLE_DEMO_WINDOWS
  $<$<BOOL:${EMSCRIPTEN}>:IMGUI_DISABLE_FILE_FUNCTIONS>)
target_compile_options(effcam_imgui PRIVATE -w)
add_library(effcam::imgui ALIAS effcam_imgui)

add_library(effcam_imgui_glfw STATIC EXCLUDE_FROM_ALL
  "${EFFCAM_IMGUI_DIR}/backends/imgui_impl_glfw.cpp" "${EFFCAM_IMGUI_DIR}/backends/imgui_impl_opengl3.cpp")
target_include_directories(effcam_imgui_glfw SYSTEM PUBLIC "${EFFCAM_IMGUI_DIR}/backends")
target_compile_options(effcam_imgui_glfw PRIVATE -w)
target_link_libraries(effcam_imgui_glfw PUBLIC effcam_imgui)
add_library(effcam::imgui_glfw ALIAS effcam_imgui_glfw)
if(EMSCRIPTEN)
  target_compile_definitions(effcam_imgui_glfw PUBLIC IMGUI_IMPL_OPENGL_ES3)
  target_link_options(effcam_imgui_glfw PUBLIC -sUSE_GLFW=3 -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2)
else()
  if(NOT TARGET glfw)
    find_package(glfw3 3.3)     # a machine without it builds everything but the window
  endif()
  if(TARGET glfw)
    find_package(OpenGL REQUIRED)
    target_link_libraries(effcam_imgui_glfw PUBLIC glfw OpenGL::GL ${CMAKE_DL_LIBS})   # ImGui's loader uses dlopen
    target_compile_definitions(effcam_imgui_glfw PUBLIC $<$<BOOL:${APPLE}>:GL_SILENCE_DEPRECATION>)
  endif()
endif()

# --- GoogleTest -----------------------------------------------------------------------------------------------------

if((NOT DEFINED BUILD_TESTING OR BUILD_TESTING) AND NOT TARGET GTest::gtest_main)
  set(INSTALL_GTEST OFF CACHE INTERNAL "")
  set(BUILD_GMOCK OFF CACHE INTERNAL "")
  if(EMSCRIPTEN AND NOT EFFCAM_THREADS)
    set(gtest_disable_pthreads ON CACHE INTERNAL "")
  endif()
  add_subdirectory("${EFFCAM_GOOGLETEST_DIR}" "${CMAKE_BINARY_DIR}/googletest" EXCLUDE_FROM_ALL SYSTEM)
  target_compile_options(gtest PRIVATE -w)
  target_compile_options(gtest_main PRIVATE -w)
endif()
