#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# model.sh [NAME...]: checks tests/model/port.pml with spin, in parts that stay below a minute and a
# gigabyte, and makes sure that the errors that can be put into it are found. Needs spin and a C
# compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
model=$PWD/tests/model/port.pml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
wanted=$*

# Runs spin's verifier on the model with these definitions; prints nothing, sets `outcome`.
verify() {
    local outcome_line
    rm -f "$work"/pan* "$work"/*.trail
    (cd "$work" && spin "$@" -a "$model" >spin.log 2>&1) || { cat "$work/spin.log" && exit 1; }
    (cd "$work" && ${CC:-cc} -w -O1 -DNFAIR=3 -DCOLLAPSE -DMEMLIM=900 -o pan pan.c)
    (cd "$work" && timeout 100 ./pan -a -f -m1000000 >log 2>&1) || true
    outcome_line=$(grep -E 'errors: [0-9]+$' "$work/log" || true)
    states=$(sed -nE 's/^ *([0-9.e+]+) states, stored.*/\1/p' "$work/log")
    if grep -q 'Search not completed\|max search depth' "$work/log" &&
        [ "${outcome_line##*: }" = 0 ]; then
        outcome=incomplete
    else
        case ${outcome_line##*: } in
        0) outcome=holds ;;
        '') outcome=incomplete ;;
        *) outcome=violated ;;
        esac
    fi
}

# check NAME EXPECTED DEFINITION...
check() {
    local name=$1 expected=$2 start=$SECONDS
    shift 2
    [ -z "$wanted" ] || [[ " $wanted " == *" $name "* ]] || return 0
    verify "$@"
    echo "$name: $outcome, $states states, $((SECONDS - start)) s ($*)"
    if [ "$outcome" = "$expected" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$name: expected: $expected"
    fi
}

check waits holds -DPOSTS=2 -DBLOCK -DUNSEEN
check close holds -DPOSTS=1 -DBLOCK -DCLOSE
check source holds -DPOSTS=0 -DSOURCE
check wrong-block violated -DPOSTS=2 -DBLOCK -DUNSEEN -DWRONG_BLOCK
check wrong-limit violated -DPOSTS=2 -DBLOCK -DUNSEEN -DWRONG_LIMIT
check wrong-watch violated -DPOSTS=2 -DUNSEEN -DWRONG_WATCH
check wrong-arm violated -DPOSTS=2 -DUNSEEN -DWRONG_ARM
echo "model: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
