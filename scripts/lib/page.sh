# Sourced after build.sh: the static page, in build/web.

# build_page: all four WebAssembly configurations, then everything that a server needs, in one folder.
build_page() {
  local config
  for config in "${web_configs[@]}"; do build_config "$config" effcam_page || return; done
  assemble_page
}

# assemble_page [config...]: of what has been built (all four unless said otherwise).
assemble_page() (
  set -e
  cd "$root"
  [ $# -gt 0 ] || set -- "${web_configs[@]}"
  say 'assembling build/web'
  page=build/web.part
  rm -rf "$page"
  mkdir -p "$page/samples"
  cp -r web/. "$page/"
  cp assets/scenes/*.jpg "$page/samples/"
  cp -r --reflink=auto models "$page/"
  for config; do
    for file in "build/$config/bin/effcam-$config".{js,wasm}; do
      [ -f "$file" ] || fail "$file was not built"
      cp "$file" "$page/"
    done
  done
  stamp_service_worker "$page"
  rm -rf build/web
  mv "$page" build/web
)

# The service worker replaces what it has stored when these hashes change.
stamp_service_worker() (
  cd "$1"
  hash_of() { xargs -0 sha256sum | sha256sum | cut -c1-16; }
  models=$(find models -type f -print0 | sort -z | hash_of)
  version=$(find . -path ./models -prune -o -type f -print0 | sort -z | hash_of)
  sed -e "s/@VERSION@/$version/" -e "s/@MODELS_VERSION@/$models/" sw.js > sw.js.part
  mv sw.js.part sw.js
)
