#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Compiles the headers in every way that programs use them: gcc and clang, C89 to C17 and C++98 to
# C++20, strict and GNU, with and without _WIN32, UNICODE, a short wchar_t, fortified; and layout.c
# against MinGW's headers too. Most is -fsyntax-only. What could not be tried is named at the end;
# any failure: exit 1.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
include=$here/../../include
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
left_out=()

# Runs a command that must succeed, quietly; shows its output if it does not.
must() {
    local what=$1
    shift
    if "$@" >"$work/output" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $what: $*"
        head -n 30 "$work/output"
    fi
}

# A command that must fail, quietly.
must_not() {
    local what=$1
    shift
    if ! "$@" >"$work/output" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $what: $*"
        head -n 30 "$work/output"
    fi
}

# A file that must not compile, with this text in what the compiler says.
must_refuse() {
    local what=$1 text=$2
    shift 2
    if ! "$@" >"$work/output" 2>&1 && grep -q "$text" "$work/output"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $what: accepted, or refused for another reason: $*"
        head -n 30 "$work/output"
    fi
}

# clang warns of every pshpack header, on Windows too.
warnings=(-Wall -Wextra -Werror -Wno-unknown-pragmas -Wno-pragma-pack)
paths=(-I"$include" -I"$include/case")
windows=(-D_WIN32 -DWIN32 -D_WIN64)

c_files() {
    local cc=$1
    local check=("$cc" "${warnings[@]}" "${paths[@]}" -fsyntax-only)
    local file mode
    for file in c11 posix_mix case_spelling short_wchar inline; do
        for mode in "-std=gnu11" "-std=gnu11 ${windows[*]}" "-std=gnu17 -O2 -D_FORTIFY_SOURCE=2"; do
            # shellcheck disable=SC2086
            must "$cc $file $mode" "${check[@]}" $mode "$here/$file.c"
        done
    done
    must "$cc strict C11" "${check[@]}" -std=c11 -pedantic "$here/case_spelling.c"
    must "$cc strict C11" "${check[@]}" -std=c11 "$here/c11.c"
    for mode in "-std=gnu11" "-std=c11" "-std=gnu17 -O2 -D_FORTIFY_SOURCE=2" \
        "-std=gnu11 -DLIBC_FIRST" "-std=gnu11 -O2 -D_FORTIFY_SOURCE=2 -DLIBC_FIRST"; do
        # shellcheck disable=SC2086
        must "$cc UNICODE $mode" "${check[@]}" $mode -fshort-wchar "$here/short_wchar.c"
    done
    must_refuse "$cc 32-bit text" "iocp_takes_32_bit_characters" "${check[@]}" -fshort-wchar \
        -DTAKES_32_BITS "$here/short_wchar.c"
    must "$cc POSIX headers first" "${check[@]}" -std=gnu11 -DPOSIX_FIRST "$here/posix_mix.c"
    must "$cc POSIX sockets" "${check[@]}" -std=gnu11 -DLEAN "$here/posix_mix.c"
    must "$cc own names" "${check[@]}" -std=gnu11 "$here/own_names.c"
    must "$cc own names, older" "${check[@]}" -std=gnu11 -DOLDER "$here/own_names.c"
    must "$cc NOMINMAX" "${check[@]}" -std=gnu11 -DNOMINMAX -DSTRICT "$here/inline.c"
    echo '#include <sys/socket.h>' >"$work/order.c"
    echo '#include <winsock2.h>' >>"$work/order.c"
    must_refuse "$cc order of headers" "Include winsock2.h before" "${check[@]}" "$work/order.c"
}

# Parts of other headers, as they say themselves.
is_part() {
    case $1 in
    iocp_unposix.h | iocp_winsock_inline.h | iocp_winsock_long.h) true ;;
    iocp_interlocked_orders.h) true ;;
    pshpack?.h | poppack.h | P*[Pp]ack*.h | P*PACK*.H) true ;;
    *) false ;;
    esac
}

# Every header alone, in C and C++, so that any order of them works; the other spellings, each one
# line, with one compiler.
each_header_alone() {
    local cc=$1 language=$2 standard=$3 header name
    local headers=("$include"/*.h)
    [ "$cc" = gcc ] && headers+=("$include"/case/*)
    for header in "${headers[@]}"; do
        name=${header##*/}
        is_part "$name" && continue
        printf '#include <%s>\nextern int nothing;\n' "$name" >"$work/alone"
        must "$cc $name alone" "$cc" -x "$language" "-std=$standard" -pedantic "${warnings[@]}" \
            "${paths[@]}" -fsyntax-only "$work/alone"
    done
}

# All headers together, by the standards that programs of Windows' age are built for.
older_standards() {
    local cc=$1 language=$2 header standard
    shift 2
    for header in "$include"/*.h; do
        is_part "${header##*/}" || echo "#include <${header##*/}>"
    done >"$work/all"
    echo 'extern int nothing;' >>"$work/all"
    for standard in "$@"; do
        must "$cc all headers $standard" "$cc" -x "$language" "-std=$standard" -D_CRT_RAND_S \
            "${warnings[@]}" "${paths[@]}" -fsyntax-only "$work/all"
        must "$cc all headers $standard, UNICODE" "$cc" -x "$language" "-std=$standard" \
            -fshort-wchar -DUNICODE -D_UNICODE "${warnings[@]}" "${paths[@]}" -fsyntax-only \
            "$work/all"
    done
}

cxx_files() {
    local cxx=$1 order mode
    for order in "-DSTD_BOTH" "-DSTD_FIRST" "-DSTD_LAST"; do
        for mode in "-std=c++17 -DWRAPPED" "-std=c++17" "-std=gnu++17 ${windows[*]}" \
            "-std=gnu++20" "-std=c++17 -fshort-wchar -DWRAPPED" \
            "-std=gnu++20 -fshort-wchar -DUNICODE -D_UNICODE -O2 -D_FORTIFY_SOURCE=2"; do
            # shellcheck disable=SC2086
            must "$cxx cxx17 $order $mode" "$cxx" "${warnings[@]}" "${paths[@]}" $order $mode \
                -fsyntax-only "$here/cxx17.cpp"
        done
    done
}

# A program for UNICODE asks for our functions of wide text and for none of libc's, whichever is
# read first and however it is fortified.
wide_symbols() {
    local cc=$1 language=$2 mode
    for mode in "-O0" "-O2 -D_FORTIFY_SOURCE=2" "-O2 -D_FORTIFY_SOURCE=2 -DLIBC_FIRST"; do
        # shellcheck disable=SC2086
        must "$cc wide $mode" "$cc" -x "$language" "${warnings[@]}" "${paths[@]}" $mode \
            -fshort-wchar -c "$here/short_wchar.c" -o "$work/wide.o"
        nm -u "$work/wide.o" | sed 's/.* //' >"$work/undefined"
        must "$cc asks for iocp_wcslen $mode" grep -qx iocp_wcslen "$work/undefined"
        must_not "$cc asks for libc's wide text $mode" \
            grep -E '^(__)?(wcs|wmem|v?f?wprintf|v?swprintf|fputws|mbs)' "$work/undefined"
    done
}

# layout.c is decided while compiling; the code that lives in headers is run.
layout() {
    local cc=$1
    must "$cc layout -O2" "$cc" -std=gnu11 "${warnings[@]}" "${paths[@]}" -O2 -c \
        "$here/layout.c" -o "$work/layout.o"
    must "$cc layout _WIN32" "$cc" -std=gnu11 "${warnings[@]}" "${paths[@]}" "${windows[@]}" \
        -O2 -fsyntax-only "$here/layout.c"
    must "$cc inline" "$cc" -std=gnu11 "${warnings[@]}" "${paths[@]}" "$here/inline.c" \
        -o "$work/inline"
    must "$cc inline runs" "$work/inline"
    must "$cc inline -O2" "$cc" -std=gnu11 "${warnings[@]}" "${paths[@]}" -O2 \
        -D_FORTIFY_SOURCE=2 "$here/inline.c" -o "$work/inline"
    must "$cc inline -O2 runs" "$work/inline"
}

# A program that calls socket() asks for iocp_socket; libc's own must not be asked for.
symbols() {
    local cc=$1
    must "$cc c11 object" "$cc" -std=gnu11 "${paths[@]}" -O1 -w -c "$here/c11.c" -o "$work/c11.o"
    local taken='accept bind connect freeaddrinfo getaddrinfo gethostbyname gethostname
                 getnameinfo getsockopt inet_addr inet_ntoa inet_ntop listen recv select send
                 setsockopt shutdown socket'
    local name
    nm -u "$work/c11.o" | sed 's/.* //' >"$work/undefined"
    for name in $taken; do
        echo "$name"
    done >"$work/libc"
    sed 's/^/iocp_/' "$work/libc" >"$work/ours"
    sort "$work/undefined" >"$work/sorted"
    sort "$work/ours" | comm -23 - "$work/sorted" >"$work/missing"
    sort "$work/libc" | comm -12 - "$work/sorted" >"$work/leaked"
    must "$cc asks for $(tr '\n' ' ' <"$work/missing")" test ! -s "$work/missing"
    must "$cc does not ask for $(tr '\n' ' ' <"$work/leaked")" test ! -s "$work/leaked"
}

for cc in gcc clang; do
    if ! command -v "$cc" >/dev/null; then
        left_out+=("$cc: not installed")
        continue
    fi
    c_files "$cc"
    each_header_alone "$cc" c c11
    older_standards "$cc" c c89 gnu89 c99 gnu99
    layout "$cc"
    symbols "$cc"
    wide_symbols "$cc" c
    cxx=${cc/gcc/g++}
    cxx=${cxx/clang/clang++}
    if command -v "$cxx" >/dev/null && echo '#include <vector>' |
        "$cxx" -x c++ -fsyntax-only - 2>/dev/null; then
        cxx_files "$cxx"
        wide_symbols "$cxx" c++
        older_standards "$cxx" c++ c++98 gnu++98 c++11 gnu++14
        # the second compiler has read them all in cxx17.cpp
        if [ "$cxx" = g++ ]; then
            each_header_alone "$cxx" c++ c++17
        fi
    else
        left_out+=("$cxx: no C++ compiler or no C++ library")
    fi
done

mingw=x86_64-w64-mingw32-gcc
if command -v "$mingw" >/dev/null; then
    # no -I: MinGW's own headers must agree with the same assertions
    must "$mingw layout" "$mingw" -std=gnu11 "${warnings[@]}" -D_WIN32_WINNT=0x0A00 -O2 -c \
        "$here/layout.c" -o "$work/layout.o"
else
    left_out+=("$mingw: not installed, so nothing was compared with Windows' headers")
fi

for reason in "${left_out[@]+"${left_out[@]}"}"; do
    echo "left out: $reason"
done
echo "layout: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
