#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Runs every conformance test under Wine, the oracle at hand; builds with MinGW what is not there.
# usage: wine.sh DIRECTORY [PROGRAM ...]      (names without .c; all of them when none is given)
# DIRECTORY/PROGRAM.exe is used if nothing that it is made of is newer. WINE_JOBS (2) run at a time.
# Prints each program's summary line, and its FAIL lines. Exit: 0 all well, 1 a failure or a
# timeout, 77 MinGW or Wine is not installed. The full output stays in DIRECTORY/PROGRAM.log.
set -euo pipefail

export compiler=${MINGW_CC:-x86_64-w64-mingw32-gcc}
export wine=${WINE:-wine}
export seconds=${WINE_TIMEOUT:-60}
here=$(cd "$(dirname "$0")" && pwd)
export here

if [ $# -lt 1 ]; then
    echo "usage: wine.sh DIRECTORY [PROGRAM ...]" >&2
    exit 2
fi
export directory=$1
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

# Nothing that it may be made of is newer.
is_built() {
    [ -f "$directory/$1.exe" ] &&
        [ -z "$(find "$here/$1.c" "$here"/*.h -newer "$directory/$1.exe")" ]
}

build() {
    is_built "$1" ||
        "$compiler" -D_WIN32_WINNT=0x0A00 -O1 -Wall -Wextra -Werror -std=gnu11 \
            "$here/$1.c" -o "$directory/$1.exe" -lws2_32 -lmswsock -lsynchronization \
            -liphlpapi -lbcrypt -lwinmm
}

# Its exit status; the output goes to the log.
start() {
    timeout -k 5 "$seconds" "$wine" "$directory/$1.exe" \
        >"$directory/$1.log" 2>"$directory/$1.err" </dev/null
}

# One program: its lines, all at once. Fails if it does.
run() {
    local program=$1 status=0 bad=0 departures summary result

    if ! build "$program"; then
        echo "$program: does not compile"
        return 1
    fi
    start "$program" || status=$?
    # Now and then Wine itself ends with status 1 before the program has begun. A program that fails
    # says by what.
    if [ "$status" -eq 1 ] && [ ! -s "$directory/$program.log" ]; then
        echo "$program: Wine did not start it ($(tail -n 1 "$directory/$program.err")); once more"
        status=0
        start "$program" || status=$?
    fi
    departures=$(grep -c '^wine ' "$directory/$program.log" || true)
    if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
        result="timeout after $seconds s"
        bad=1
    elif [ "$status" -ne 0 ]; then
        result="FAILED with exit status $status"
        bad=1
    else
        summary=$(grep -E '^[0-9]+ passed, ' "$directory/$program.log" | tail -n 1 | tr -d '\r')
        result="${summary:-no summary}, $departures departures of Wine"
        [ -n "$summary" ] || bad=1
    fi
    if grep -q '^FAIL ' "$directory/$program.log"; then
        result+=$'\n'$(grep '^FAIL ' "$directory/$program.log" | tr -d '\r' | sed 's/^/    /')
        bad=1
    fi
    echo "$program: $result"
    return "$bad"
}

export -f is_built build start run
printf '%s\n' "$@" | xargs -P "${WINE_JOBS:-2}" -I{} bash -c 'set -uo pipefail; run {}' || exit 1
