#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# bench.sh [PART]: builds the benchmarks in build/bench and runs them, or one part of them.
set -euo pipefail
cd "$(dirname "$0")/.."

cmake -S . -B build/bench -DCMAKE_BUILD_TYPE=Release -DIOCP_BUILD_BENCH=ON -DIOCP_BUILD_TESTS=OFF \
    >/dev/null
env -u MAKEFLAGS -u MAKELEVEL cmake --build build/bench --parallel "${JOBS:-$(nproc)}"
for runner in bench/run.sh bench/run.py; do
    if [ -x "$runner" ]; then
        BUILD=build/bench exec "$runner" "$@"
    fi
done
echo "bench/ holds no run.sh" >&2
exit 1
