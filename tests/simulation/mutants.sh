#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# mutants.sh COMPILER [NAME...]: builds the simulation on copies of src/ with one error each, from
# mutants.txt, and expects every one to be found. Prints by what, and after how many scenarios.
set -euo pipefail
compiler=${1:?usage: mutants.sh COMPILER [NAME...]}
shift
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
scenarios=20000
count=0
missed=0

compile() {
    "$compiler" -std=gnu11 -O1 -D_GNU_SOURCE -w -I"$here/fake" -I"$here" "$@"
}

for file in coroutine machine main model progress scenario world; do
    compile -I"$root/src" -I"$root/include" -c "$here/$file.c" -o "$work/$file.o" &
done
wait

is_wanted() {
    local name=$1 wanted
    shift
    [ $# -eq 0 ] && return
    for wanted in "$@"; do
        [ "$wanted" = "$name" ] && return
    done
    return 1
}

while IFS='|' read -r name file script; do
    case $name in '#'* | '') continue ;; esac
    is_wanted "$name" "$@" || continue
    rm -rf "$work/src"
    mkdir -p "$work/src/$(dirname "$file")"
    sed -E "$script" "$root/src/$file" >"$work/src/$file"
    count=$((count + 1))
    if cmp -s "$work/src/$file" "$root/src/$file"; then
        echo "$name: changes nothing in $file; rewrite it"
        missed=$((missed + 1))
        continue
    fi
    compile -I"$work/src" -I"$root/src" -I"$root/include" "$here/real.c" "$work"/*.o \
        -o "$work/simulation" -lpthread
    if "$work/simulation" --from 1 --count "$scenarios" >"$work/log" 2>&1; then
        echo "$name: not found in $scenarios scenarios"
        missed=$((missed + 1))
    else
        echo "$name: $(sed -n 's/^FAIL.*, in [^:]*: //p' "$work/log")," \
            "scenario $(sed -n 's/.*--seed \([0-9]*\).*/\1/p' "$work/log")"
    fi
done <"$here/mutants.txt"

echo "$count errors, $missed not found"
[ "$missed" -eq 0 ] && [ "$count" -gt 0 ]
