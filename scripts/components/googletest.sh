# GoogleTest's sources; the project's CMake compiles them.
sources=(googletest)

make_component() {
  download_source trixie googletest
  unpack_source googletest "$1"
  test -f "$1/googletest/src/gtest-all.cc"
}
