#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# test.sh PRESET [CTEST-ARGUMENT...]: builds PRESET and runs its tests on every engine. Ends with
# what was skipped and why, and with how much of the contract the conformance tests cover.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:?usage: test.sh PRESET [CTEST-ARGUMENT...]}
shift

scripts/build.sh "$preset"

status=0
# Most tests wait more than they compute; those that measure run alone (tests/CMakeLists.txt).
ctest --preset "$preset" --parallel "${TEST_JOBS:-3}" --output-junit junit.xml "$@" || status=$?

# ctest names skipped tests but not the reason that they printed.
log=build/$preset/Testing/Temporary/LastTest.log
if grep -q '^skipped: ' "$log"; then
    echo
    echo "Skipped, with the reason each test gave:"
    grep '^skipped: ' "$log" | sort | uniq -c
fi

if [ -f tests/conformance/coverage.py ] && [ -f docs/contract.md ]; then
    echo
    python3 tests/conformance/coverage.py docs/contract.md
fi
exit "$status"
