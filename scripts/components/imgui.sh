# Dear ImGui's sources; the project's CMake compiles them.
sources=(imgui)

make_component() {
  download_source trixie imgui
  unpack_source imgui "$1"
  test -f "$1/imgui.cpp" -a -f "$1/backends/imgui_impl_opengl3.cpp"
}
