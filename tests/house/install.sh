#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# install.sh BUILD-DIRECTORY: installs that build into an empty directory and builds a small program
# against it in each way a user may: pkg-config, find_package, C++, and statically. Every program
# runs, and both spellings of a header are found.
set -euo pipefail
build=${1:?usage: install.sh BUILD-DIRECTORY}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
passed=0
failed=0

check() {
    local name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        echo "ok $name"
        passed=$((passed + 1))
    else
        echo "FAIL $name: $*"
        cat "$work/log"
        failed=$((failed + 1))
    fi
}

cmake --install "$build" --prefix "$prefix" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
pc=$(find "$prefix" -name iocp.pc)
library=$(dirname "$(dirname "$pc")")
# A prefix given at installation moves iocp.pc's own notion of it as well.
export PKG_CONFIG_PATH=$library/pkgconfig LD_LIBRARY_PATH=$library
pkg() {
    pkg-config --define-variable=prefix="$prefix" "$@" iocp
}

cat >"$work/server.c" <<'END'
#include <winsock2.h>
#include <windows.h>

int main(void)
{
    ULONG_PTR key = 0;
    DWORD bytes = 0;
    OVERLAPPED *overlapped = NULL;
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (port == NULL || !PostQueuedCompletionStatus(port, 7, 42, NULL))
        return 1;
    if (!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0))
        return 2;
    return CloseHandle(port) && bytes == 7 && key == 42 ? 0 : 3;
}
END
cp "$work/server.c" "$work/server.cpp"
sed 's/<winsock2.h>/<WinSock2.h>/; s/<windows.h>/<Windows.h>/' "$work/server.c" >"$work/case.c"

read -r -a cflags <<<"$(pkg --cflags)"
read -r -a libs <<<"$(pkg --libs)"
read -r -a static_libs <<<"$(pkg --libs --static | sed 's/-liocp//')"
cc=${CC:-cc}

check "pkg-config, C" "$cc" "$work/server.c" -o "$work/c" "${cflags[@]}" "${libs[@]}"
check "pkg-config, C: runs" "$work/c"
check "pkg-config, capital letters" "$cc" "$work/case.c" -o "$work/case" "${cflags[@]}" "${libs[@]}"
check "pkg-config, capital letters: runs" "$work/case"
check "pkg-config, C++17" "${CXX:-c++}" -std=c++17 "$work/server.cpp" -o "$work/cpp" \
    "${cflags[@]}" "${libs[@]}"
check "pkg-config, C++17: runs" "$work/cpp"
check "static" "$cc" "$work/server.c" -o "$work/static" "${cflags[@]}" "$library/libiocp.a" \
    "${static_libs[@]}"
check "static: runs" env -u LD_LIBRARY_PATH "$work/static"

mkdir "$work/project"
cat >"$work/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES C)
find_package(iocp REQUIRED)
add_executable(shared ../server.c)
target_link_libraries(shared PRIVATE iocp::iocp)
add_executable(static ../server.c)
target_link_libraries(static PRIVATE iocp::iocp_static)
END
check "find_package" cmake -S "$work/project" -B "$work/project/build" \
    -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc"
check "find_package: builds" cmake --build "$work/project/build"
check "find_package: runs" "$work/project/build/shared"
check "find_package: static runs" "$work/project/build/static"

check "header beside header" test -f "$prefix/include/iocp/windows.h"
check "soname" test -e "$library/libiocp.so.0"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
