#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Builds every conformance test with MinGW and runs it under Wine, the oracle at hand.
# usage: wine.sh DIRECTORY [PROGRAM ...]      (names without .c; all of them when none is given)
# Prints each program's summary line, and its FAIL lines. Exit: 0 all well, 1 a failure or a
# timeout, 77 MinGW or Wine is not installed. The full output stays in DIRECTORY/PROGRAM.log.
set -euo pipefail

compiler=${MINGW_CC:-x86_64-w64-mingw32-gcc}
wine=${WINE:-wine}
seconds=${WINE_TIMEOUT:-60}
here=$(cd "$(dirname "$0")" && pwd)

if [ $# -lt 1 ]; then
    echo "usage: wine.sh DIRECTORY [PROGRAM ...]" >&2
    exit 2
fi
directory=$1
shift

for tool in "$compiler" "$wine"; do
    if ! command -v "$tool" >/dev/null; then
        echo "skipped: $tool is not installed"
        exit 77
    fi
done

mkdir -p "$directory"
export WINEDEBUG=${WINEDEBUG:--all}
if [ -z "${WINEPREFIX:-}" ]; then
    WINEPREFIX=$(cd "$directory" && pwd)/wineprefix
    export WINEPREFIX
fi
# The first start of a prefix takes long; it is not charged to the first program.
"$wine" cmd /c exit >/dev/null 2>&1 </dev/null || true

if [ $# -eq 0 ]; then
    for source in "$here"/*.c; do
        set -- "$@" "$(basename "$source" .c)"
    done
fi

bad=0
for program in "$@"; do
    if ! "$compiler" -D_WIN32_WINNT=0x0A00 -O1 -Wall -Wextra -Werror -std=gnu11 \
        "$here/$program.c" -o "$directory/$program.exe" -lws2_32 -lmswsock -lsynchronization; then
        echo "$program: does not compile"
        bad=1
        continue
    fi
    status=0
    timeout -k 5 "$seconds" "$wine" "$directory/$program.exe" \
        >"$directory/$program.log" 2>"$directory/$program.err" </dev/null || status=$?
    departures=$(grep -c '^wine ' "$directory/$program.log" || true)
    if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
        echo "$program: timeout after $seconds s"
        bad=1
    elif [ "$status" -ne 0 ]; then
        echo "$program: FAILED with exit status $status"
        bad=1
    else
        summary=$(grep -E '^[0-9]+ passed, ' "$directory/$program.log" | tail -n 1 | tr -d '\r')
        echo "$program: ${summary:-no summary}, $departures departures of Wine"
        [ -n "$summary" ] || bad=1
    fi
    if grep -q '^FAIL ' "$directory/$program.log"; then
        grep '^FAIL ' "$directory/$program.log" | tr -d '\r' | sed 's/^/    /'
        bad=1
    fi
done
exit "$bad"
