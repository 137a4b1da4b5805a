#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# install.sh PREFIX: builds build/install for that prefix and installs it. DESTDIR is respected.
# With root's own installation the linker's cache is brought up to date, so that a program finds
# libiocp.so without further ado.
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=${1:?usage: install.sh PREFIX}

scripts/install-deps.sh
cmake -S . -B build/install -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" \
    -DIOCP_BUILD_TESTS=OFF -DIOCP_BUILD_EXAMPLES=OFF >/dev/null
env -u MAKEFLAGS -u MAKELEVEL cmake --build build/install --parallel "${JOBS:-$(nproc)}"
cmake --install build/install
if [ "$(id -u)" -eq 0 ] && [ -z "${DESTDIR:-}" ] && command -v ldconfig >/dev/null; then
    ldconfig
fi
