# Libraries that are headers only, in a folder of their own so that the WebAssembly builds see nothing else of the
# system's: stb, nlohmann-json, CLI11.
debs=(libstb-dev nlohmann-json3-dev libcli11-dev)

make_component() {
  local package
  download_deb trixie "${debs[@]}"
  for package in "${debs[@]}"; do unpack_deb "$package" "$1/unpacked"; done
  mkdir "$1/include"
  mv "$1"/unpacked/usr/include/{nlohmann,CLI,stb} "$1/include/"
  rm -rf "$1/unpacked"
  test -f "$1/include/stb/stb_image_resize2.h" -a -f "$1/include/nlohmann/json.hpp" -a -f "$1/include/CLI/CLI.hpp"
}
