#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# random-calls.sh [ARGUMENT...]: the long run of random calls, on every engine that this machine
# has. Arguments go to the program: --operations N (default 10 million), --seed N. Fails if one run
# does.
set -euo pipefail
cd "$(dirname "$0")/.."
program=build/release/tests/stress/random_calls

status=0
for engine in epoll uring; do
    echo "== $engine"
    code=0
    IOCP_STRESS=long IOCP_ENGINE="$engine" build/release/tests/run_on "$engine" "$program" "$@" ||
        code=$?
    if [ "$code" -eq 77 ]; then
        echo "$engine: skipped"
    elif [ "$code" -ne 0 ]; then
        status=1
    fi
done
exit "$status"
