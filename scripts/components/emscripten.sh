# Emscripten 3.1.69 as Debian trixie packages it, with its whole cache of system libraries built, driven by the
# system's own clang-19. Its binaryen needs a newer C library than bookworm's, so it runs under trixie's own loader.
needs=(node)
debs=(emscripten binaryen libc6 libstdc++6 libgcc-s1)

make_component() {
  download_deb trixie "${debs[@]}"
  unpack_deb emscripten "$1/root"
  make_binaryen "$1/binaryen"
  mv "$1/root/usr/share/emscripten" "$1/emscripten"
  rm -rf "$1/root" "$1/emscripten/test" "$1/emscripten/docs"
  write_configuration "$1" "$(component_path node)"
  # shellcheck disable=SC1091
  (. "$1/env.sh" && emcc --version >/dev/null)
}

make_binaryen() {
  local unpacked=$1/unpacked libraries program
  for program in "${debs[@]:1}"; do unpack_deb "$program" "$unpacked"; done
  mkdir -p "$1"/{bin,lib,libexec}
  libraries=$unpacked/usr/lib/x86_64-linux-gnu
  cp -L "$libraries"/{ld-linux-x86-64.so.2,libc.so.6,libm.so.6,libgcc_s.so.1,libstdc++.so.6,libpthread.so.0,libdl.so.2,librt.so.1} "$1/lib/"
  cp -L "$(find "$unpacked" -name libbinaryen.so | head -1)" "$1/lib/"
  cp "$unpacked"/usr/bin/wasm* "$1/libexec/"
  for program in "$1"/libexec/*; do write_launcher > "$1/bin/$(basename "$program")"; done
  chmod +x "$1"/bin/*
  rm -rf "$unpacked"
  "$1/bin/wasm-opt" --version >/dev/null
}

write_launcher() {
  cat <<'LAUNCHER'
#!/bin/sh
home=$(dirname "$(readlink -f "$0")")/..
exec "$home/lib/ld-linux-x86-64.so.2" --library-path "$home/lib" --argv0 "$0" "$home/libexec/$(basename "$0")" "$@"
LAUNCHER
}

# Both files find their folder as they run, so the component can be made in one place and moved to another.
write_configuration() {
  local node_component
  node_component=../$(basename "$2")
  ln -s "../$node_component/node_modules" "$1/emscripten/node_modules"      # acorn, needed from -O2 on
  cat > "$1/config.py" <<CONFIG
import os
home = os.path.dirname(os.environ['EM_CONFIG'])
EMSCRIPTEN_ROOT = home + '/emscripten'
LLVM_ROOT = '/usr/lib/llvm-19/bin'
BINARYEN_ROOT = home + '/binaryen'
NODE_JS = [os.path.normpath(home + '/$node_component/bin/node')]
CACHE = EMSCRIPTEN_ROOT + '/cache'
FROZEN_CACHE = True    # else a changed configuration or LLVM erases the system libraries
CONFIG
  cat > "$1/env.sh" <<ENV
# Source this: emcc and Node 22 on the PATH.
effcam_home=\$(cd "\$(dirname "\${BASH_SOURCE[0]}")" && pwd)
export EM_CONFIG=\$effcam_home/config.py EMSCRIPTEN=\$effcam_home/emscripten PYTHON=/usr/bin/python3
export PATH=\$effcam_home/emscripten:\$(cd "\$effcam_home/$node_component" && pwd)/bin:\$PATH
unset effcam_home
ENV
}
