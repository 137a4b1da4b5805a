#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# build.sh PRESET [CMAKE-ARGUMENT...]: configures and builds build/PRESET. Prints little when all
# is well.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:?usage: build.sh PRESET [CMAKE-ARGUMENT...]}
shift

mkdir -p build
log=build/configure-$preset.log
if ! cmake --preset "$preset" "$@" >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
# A make above us would hand down its own idea of jobs and print directories.
env -u MAKEFLAGS -u MAKELEVEL cmake --build "build/$preset" --parallel "${JOBS:-$(nproc)}"
