#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# bench.sh [PART]: builds the benchmarks in build/bench and runs them, or one part of them. The part
# `gate` is built in build/release, where tests have left most of what it needs.
set -euo pipefail
cd "$(dirname "$0")/.."

build_in() { # DIRECTORY [TARGET...]
    local directory=$1
    shift
    env -u MAKEFLAGS -u MAKELEVEL cmake --build "$directory" --parallel "${JOBS:-$(nproc)}" \
        ${1:+--target "$@"}
}

with_benchmarks() { # ON or OFF
    cmake --preset release -DIOCP_BUILD_BENCH="$1" >/dev/null
}

if [ "${1:-}" = gate ]; then
    before=$(sed -n 's/^IOCP_BUILD_BENCH:BOOL=//p' build/release/CMakeCache.txt 2>/dev/null || true)
    with_benchmarks ON
    build_in build/release bench_gate >build/release/bench-gate.log ||
        { cat build/release/bench-gate.log >&2; exit 1; }
    # Else all builds to come would make the benchmarks too.
    [ "$before" = ON ] || with_benchmarks OFF
    BUILD=build/release exec bench/run.py "$@"
fi

cmake -S . -B build/bench -DCMAKE_BUILD_TYPE=Release -DIOCP_BUILD_BENCH=ON -DIOCP_BUILD_TESTS=OFF \
    >/dev/null
build_in build/bench
BUILD=build/bench exec bench/run.py "$@"
