#!/bin/bash
# What tools/symshape and tools/test do on a fresh machine, as functions; each does nothing where
# its result stands. Run on its own it fetches what a build needs, packages and onnx's sources, or
# does what its arguments say: tools/setup.sh onnx_source.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Debian 12's packages. ccache lets the presets share onnx, the larger part of a build.
packages_build="cmake ninja-build g++ ccache libprotobuf-dev protobuf-compiler libabsl-dev
                libprotozero-dev libcli11-dev libtomlplusplus-dev nlohmann-json3-dev python3-venv"
packages_test="libgtest-dev pkg-config"
packages_bench="libbenchmark-dev"

say() { printf 'symshape set-up: %s\n' "$*" >&2; }
die() { printf 'symshape set-up: error: %s\n' "$*" >&2; exit 70; }

# packages NAME...: installed by apt-get when root; otherwise one line says what to install.
packages() {
  local missing=() name
  command -v dpkg-query >/dev/null || return 0  # not Debian: CMake will name what it cannot find
  for name in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] ||
      missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  ((EUID == 0)) || die "packages are missing; run: sudo apt-get install -y ${missing[*]}"
  say "installing ${missing[*]}"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update >&2 </dev/null || say "apt-get update failed; trying the lists that are here"
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2 </dev/null ||
    die "apt-get could not install: ${missing[*]}"
}

# The virtual environment: pip for fetching onnx, and what the tests import.
venv() {
  [[ -x $root/.venv/bin/pip ]] && return
  say "making .venv"
  python3 -m venv "$root/.venv" || die "python3 -m venv failed; remove $root/.venv and try again"
}

# venv_with FILE: the requirements in FILE, once per version of that file.
venv_with() {
  venv
  cmp -s "$1" "$root/.venv/installed.txt" && return
  say "installing the Python packages of ${1#"$root"/}"
  "$root/.venv/bin/pip" install -q --disable-pip-version-check -r "$1" >&2 </dev/null ||
    die "pip could not install $1"
  cp "$1" "$root/.venv/installed.txt"
}

# onnx's source archive, checked against the hash in third_party/onnx.txt.
onnx_source() {
  local pin=$root/third_party/onnx.txt src=$root/third_party/src
  [[ ${ONNX_PREFIX:-} ]] && return  # an installed onnx takes its place
  cmp -s "$pin" "$src/unpacked.txt" && return
  venv
  say "fetching onnx's sources"
  rm -rf "$src"
  mkdir -p "$src/archive"
  "$root/.venv/bin/pip" download -q --disable-pip-version-check --no-deps --no-binary onnx \
    --require-hashes -r "$pin" -d "$src/archive" >&2 </dev/null || die "pip could not fetch $pin"
  tar -xzf "$src"/archive/onnx-*.tar.gz -C "$src" || die "cannot unpack $src/archive"
  cp "$pin" "$src/unpacked.txt"  # last: a half-unpacked folder is fetched again
}

# build PRESET CMAKE_OPTIONS TARGET...: configure and build, with the progress on stderr.
build() {
  local preset=$1 options=$2 onnx=$root/build/release/third_party/onnx
  shift 2
  # onnx is the same in every preset: the release build's, where there is one.
  [[ $preset != release && -e $onnx/libsymshape_onnx.a ]] && options+=" -DONNX_DIR=$onnx"
  say "building $preset: $*"
  (
    cd "$root"
    mkdir -p build
    # shellcheck disable=SC2086  # options are several words
    cmake --preset "$preset" $options >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
    cmake --build "build/$preset" --target "$@"
  ) >&2 </dev/null || die "building $preset failed; the messages are above"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -euo pipefail
  if (($#)); then "$@"; exit; fi
  # shellcheck disable=SC2086  # a list of words
  packages $packages_build
  onnx_source
fi
