#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# format.sh: clang-format on every C file under version control except the public headers, whose
# tables of constants are aligned by hand.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v clang-format >/dev/null; then
    echo "clang-format is not installed (Debian: apt-get install clang-format)" >&2
    exit 1
fi
git ls-files -z --cached --others --exclude-standard -- '*.c' '*.h' ':!include' |
    xargs -0 -r clang-format -i
