# Sourced by setup: the system's packages. Nothing is asked of apt when all of them are there.

system_packages=(
  cmake ninja-build g++ ccache pkg-config patch xz-utils ca-certificates curl git python3
  clang-19 lld-19 llvm-19             # Emscripten's compiler and linker
  libclang-rt-19-dev                  # libFuzzer and the sanitizers' run-time libraries
  libglfw3-dev libgl-dev              # the desktop window
  chromium brotli                     # tests in the browser; sizes as a server would send them
)
arm_packages=(
  g++-aarch64-linux-gnu qemu-user     # the cross compiler, and what runs its programs
)

# missing_packages <package>..., make_packages <package>...
missing_packages() {
  local package
  for package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
  command -v npm >/dev/null || echo npm
}

make_packages() {
  local missing sudo=()
  command -v dpkg-query >/dev/null || fail 'this set-up is for Debian; on other systems see docs/building.md'
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  # A third party's broken list must not stop us: what is missing shows at the install.
  "${sudo[@]}" apt-get -qq update || true
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
}
