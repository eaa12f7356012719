# Sourced: builds configurations of CMakePresets.json, with what scripts/setup made.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/scripts/lib/ccache.sh"

web_configs=(wasm-simd wasm-simd-threads wasm-relaxed wasm-relaxed-threads)

# build_config <preset> [target...]
build_config() (
  local preset=$1
  shift
  # Emscripten and Node 22; a system that setup does not know brings its own, and says where in EMSCRIPTEN.
  # shellcheck disable=SC1091
  [ ! -f "$root/build/env.sh" ] || . "$root/build/env.sh"
  use_ccache
  say "building $preset"
  cd "$root"
  mkdir -p "build/$preset"
  # What configuring says matters only when it fails.
  cmake --preset "$preset" > "build/$preset/configure.log" 2>&1 || { cat "build/$preset/configure.log" >&2; exit 1; }
  cmake --build --preset "$preset" -j "$(jobs_count)" ${1:+--target "$@"}
)
