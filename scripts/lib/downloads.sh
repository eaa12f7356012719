# Sourced by setup: downloads from Debian, by a private apt that never touches the system's sources, lists or packages.
# The mirror is the one this machine is set up with. apt checks each file against the signed index of its suite;
# verify() checks it once more against scripts/pins.sha256, so that everybody builds from the same bytes.

downloads=$cache/downloads
pins=$root/scripts/pins.sha256

# Packages that Debian replaces within a suite's life: a newer version than the pinned one is taken, with a note.
moving_packages='libc6|libstdc\+\+6|libgcc-s1|cpuinfo'

debian_mirror() {
  local mirror
  mirror=$(sed -nE 's/^URIs: *([^ ]+).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null | grep -E '/debian/?$' | head -1) || true
  [ -n "$mirror" ] || mirror=$(sed -nE 's/^deb (\[[^]]*\] )?([^ ]+) .*/\2/p' /etc/apt/sources.list 2>/dev/null | grep -E '/debian/?$' | head -1) || true
  [ -n "$mirror" ] || fail 'no Debian mirror in this machine'\''s apt sources; on other systems see docs/building.md'
  echo "$mirror"
}

# private_apt <suite> <apt-get's arguments...>
private_apt() {
  local suite=$1 home=$cache/apt/$1 keys=/usr/share/keyrings/debian-archive-keyring.gpg mirror
  shift
  mirror=$(debian_mirror)
  mkdir -p "$home"/{lists,archives}/partial
  printf '%s [signed-by='"$keys"'] '"$mirror $suite"' main\n' deb deb-src > "$home/sources.list"
  : > "$home/status"                       # no package is installed, as far as this apt knows
  apt-get -qq -o Dir::Etc::sourcelist="$home/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Dir::State="$home" -o Dir::State::lists="$home/lists" -o Dir::State::status="$home/status" \
    -o Dir::Cache="$home" -o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
}

# Reads a suite's index, once in a run of setup (the mark is a file, since components are made in subshells).
update_suite() {
  local mark=$cache/apt/$1/updated-by-$$
  [ -e "$mark" ] && return
  private_apt "$1" update
  rm -f "$cache/apt/$1"/updated-by-*
  : > "$mark"
}

# The path of a package's download, if it is there.
downloaded() {
  local file
  for file in "$downloads/$1"_*; do
    [ -f "$file" ] && { echo "$file"; return; }
  done
  return 1
}

verify() {
  local package=$1 file=$2 name pinned actual
  name=$(basename "$file")
  pinned=$(awk -v name="$name" '$2 == name { print $1 }' "$pins")
  actual=$(sha256sum < "$file" | cut -d' ' -f1)
  [ "$actual" = "$pinned" ] && return
  if [ -z "$pinned" ] && [[ $package =~ ^($moving_packages)$ ]]; then
    echo "    $name is newer than the pinned version; apt vouches for it"
    return
  fi
  rm -f "$file"
  fail "$name is not the file of scripts/pins.sha256 (its sha256 is $actual); it was removed"
}

# download_deb <suite> <package>..., download_source <suite> <package>...: into $downloads, verified.
download_deb() { download "$1" 'download' "${@:2}"; }
# --tar-only: a mirror may lack the .dsc of a source package; upstream's tarball is all we use.
download_source() { download "$1" 'source --download-only --tar-only' "${@:2}"; }

download() {
  local suite=$1 action=$2 package
  shift 2
  mkdir -p "$downloads"
  for package; do
    if ! downloaded "$package" >/dev/null; then
      update_suite "$suite"
      # shellcheck disable=SC2086  # the action is several words
      (cd "$downloads" && private_apt "$suite" $action "$package")
    fi
    verify "$package" "$(downloaded "$package")"
  done
}

# unpack_deb <package> <folder>
unpack_deb() { mkdir -p "$2" && dpkg -x "$(downloaded "$1")" "$2"; }

# unpack_source <package> <folder>; XNNPACK's tarball has no top folder, the others have one.
unpack_source() {
  local file tops
  file=$(downloaded "$1")
  mkdir -p "$2"
  tops=$(tar -tf "$file" | cut -d/ -f1 | sort -u | wc -l)
  tar -xf "$file" -C "$2" --strip-components=$((tops == 1 ? 1 : 0))
}

apply_patch() { patch --quiet -p1 -d "$1" < "$root/scripts/patches/$2.patch"; }
