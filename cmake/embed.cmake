# effcam_embed(target file symbol): links the bytes of `file` into `target` as
#   extern const unsigned char <symbol>[]; extern const unsigned long <symbol>_size;
# Meant for small files: the bytes are compiled as an array.
function(effcam_embed target file symbol)
  get_filename_component(path ${file} ABSOLUTE)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/embed_file.cmake)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DFILE=${path} -DSYMBOL=${symbol} -DOUTPUT=${source} -P ${script}
    DEPENDS ${path} ${script} VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
