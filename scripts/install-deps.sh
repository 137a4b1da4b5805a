#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# install-deps.sh [--ci] [--bench] [--model]: installs what is missing to build, test and try the
# library. Silent when nothing is missing. On Debian and Ubuntu it asks apt-get (through sudo when
# not root); elsewhere it names what is missing and fails only if something really is.
#   --ci     also clang, MinGW, Wine, spin and valgrind
#   --bench  also the event libraries that the benchmarks compare with
#   --model  also spin, the model checker
set -euo pipefail

# Each requirement: the Debian package, then a command that succeeds when it is there anyhow.
requirements=(
    "cmake|command -v cmake"
    "make|command -v make || command -v ninja"
    "gcc|command -v cc || command -v gcc || command -v clang"
    "g++|command -v c++"
    "binutils|command -v nm"
    "pkg-config|command -v pkg-config"
    "liburing-dev|pkg-config --exists liburing"
    "libseccomp-dev|pkg-config --exists libseccomp"
    "libncurses-dev|pkg-config --exists ncurses || test -e /usr/include/ncurses.h"
    "python3|command -v python3"
)
ci_requirements=(
    "clang|command -v clang"
    "libclang-rt-dev|compgen -G '/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.asan-*'"
    "gcc-mingw-w64-x86-64|command -v x86_64-w64-mingw32-gcc"
    "g++-mingw-w64-x86-64|command -v x86_64-w64-mingw32-g++"
    "wine|command -v wine"
    "wine64|command -v wine64 || test -x /usr/lib/wine/wine64"
    "libasio-dev|test -e /usr/include/asio.hpp"
    "valgrind|command -v valgrind"
)
model_requirements=(
    "spin|command -v spin"
)
bench_requirements=(
    "libuv1-dev|pkg-config --exists libuv"
    "libasio-dev|test -e /usr/include/asio.hpp"
    "libevent-dev|pkg-config --exists libevent"
    "fio|command -v fio"
)

for argument in "$@"; do
    case $argument in
    --ci) requirements+=("${ci_requirements[@]}" "${model_requirements[@]}") ;;
    --model) requirements+=("${model_requirements[@]}") ;;
    --bench) requirements+=("${bench_requirements[@]}") ;;
    *)
        echo "usage: install-deps.sh [--ci] [--bench] [--model]" >&2
        exit 2
        ;;
    esac
done

has_apt() {
    command -v apt-get >/dev/null && command -v dpkg >/dev/null
}

is_installed() {
    # `dpkg -s` also succeeds for packages that were removed but left their configuration.
    has_apt && dpkg -s "$1" 2>/dev/null | grep -q '^Status: .* installed$'
}

find_missing() {
    local requirement package probe
    missing=()
    for requirement in "${requirements[@]}"; do
        package=${requirement%%|*}
        probe=${requirement#*|}
        if ! is_installed "$package" && ! eval "$probe" >/dev/null 2>&1; then
            missing+=("$package")
        fi
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "Not root, and sudo is not installed. Run as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
}

are_listed() {
    local package
    for package in "${missing[@]}"; do
        apt-cache policy "$package" 2>/dev/null | grep -q 'Candidate: [^(]' || return 1
    done
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >/dev/null
}

install_missing() {
    echo "Installing with apt-get: ${missing[*]}"
    if ! are_listed; then
        as_root apt-get update -qq
        apt_install
    elif ! apt_install; then
        # The lists may name files that are no longer there.
        as_root apt-get update -qq
        apt_install
    fi
}

check_cmake() {
    local version
    version=$(cmake --version | sed -n '1s/.* \([0-9.]*\).*/\1/p')
    if [ "$(printf '3.25\n%s\n' "$version" | sort -V | head -n 1)" != 3.25 ]; then
        echo "CMake 3.25 or later is needed, found $version ($(command -v cmake))." >&2
        exit 1
    fi
}

find_missing
if [ ${#missing[@]} -gt 0 ]; then
    if ! has_apt; then
        echo "Not found; please install (Debian's package names): ${missing[*]}" >&2
        exit 1
    fi
    install_missing
    hash -r
    find_missing
    if [ ${#missing[@]} -gt 0 ]; then
        echo "Still missing after the installation: ${missing[*]}" >&2
        exit 1
    fi
fi
check_cmake
