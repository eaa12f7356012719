# Compiler flags of every target of effcam, in one interface library.
add_library(effcam_options INTERFACE)
target_compile_options(effcam_options INTERFACE -Wall -Wextra -Wno-missing-field-initializers
  -ffunction-sections -fdata-sections)

# vptr needs RTTI, which is off in the core.
if(EFFCAM_SANITIZE OR EFFCAM_FUZZ)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-sanitize=vptr -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=address,undefined -fno-sanitize=vptr)
endif()
if(EFFCAM_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(EMSCRIPTEN)
  add_compile_options(-msimd128)
  if(EFFCAM_WASM_RELAXED)
    add_compile_options(-mrelaxed-simd)
  endif()
  if(EFFCAM_THREADS)
    add_compile_options(-pthread)
    add_link_options(-pthread)
  endif()
endif()
