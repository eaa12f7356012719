# Sourced by the other scripts: where things are, and how to speak.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${EFFCAM_CACHE:-$HOME/.cache/effcam}

say() { printf '==> %s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }
jobs_count() { nproc 2>/dev/null || getconf _NPROCESSORS_ONLN; }
