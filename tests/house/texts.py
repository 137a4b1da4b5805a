#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every error has a sentence: what a program may be shown, FormatMessage can tell.

  texts.py --program TEXT_OF [--root DIRECTORY]

Errors are those that the public headers name (ERROR_..., WSA...), the NTSTATUS values that src/
names, and the numbers in STATUS_OF_WINSOCK there. TEXT_OF reads numbers and prints those that
have none (tests/house/text_of.c). Exit 1: some have none, each with its name.
"""
import argparse
import pathlib
import re
import subprocess
import sys

DEFINE = re.compile(r"^#define[ \t]+(\w+)[ \t]+(\S.*)$", re.M)
ERROR = re.compile(r"ERROR_[A-Z0-9_]+|WSA(?:E[A-Z0-9]+|_[A-Z0-9_]+|[A-Z0-9_]+)")
# Names that begin like errors.
NO_ERRORS = re.compile(r"ERROR_SEVERITY_\w+|WSABASEERR|WSA\w*_LEN"
                       r"|WSA_(FLAG|WAIT|MAXIMUM|INFINITE|INVALID_EVENT|CMSG)\w*"
                       r"|WSA(ID|API|EVENT|POLL|BUF|MSG)\w*|WSAHOST_\b")
# A handler's business, not an outcome of a call: they end up in no GetLastError.
NO_OUTCOMES = {
    "STATUS_GUARD_PAGE_VIOLATION", "STATUS_BREAKPOINT", "STATUS_SINGLE_STEP",
    "STATUS_ILLEGAL_INSTRUCTION", "STATUS_NONCONTINUABLE_EXCEPTION", "STATUS_INVALID_DISPOSITION",
}


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def read_sources(root, patterns):
    files = sorted(file for pattern in patterns for file in root.glob(pattern))
    return "\n".join(without_comments(file.read_text(encoding="utf-8")) for file in files)


class Defines:
    """Macros that are numbers, or other macros' names, or sums of the two."""

    def __init__(self, text):
        self.values = {name: value.strip() for name, value in DEFINE.findall(text)}

    def number(self, name, depth=0):
        value = self.values.get(name)
        if value is None or depth > 5:
            return None
        value = re.sub(r"\(\s*[A-Z]+\s*\)", "", value)
        value = re.sub(r"\b(0x[0-9A-Fa-f]+|\d+)[uUlL]+\b", r"\1", value)
        total = 0
        for term in value.strip("() ").split("+"):
            term = term.strip("() ")
            if re.fullmatch(r"0x[0-9A-Fa-f]+|\d+", term):
                total += int(term, 0)
                continue
            inner = self.number(term, depth + 1) if re.fullmatch(r"\w+", term) else None
            if inner is None:
                return None
            total += inner
        return total


def collect(root):
    """What is asked of the program, `e NUMBER` or `s NUMBER` for a status -> a name."""
    headers = Defines(read_sources(root, ["include/*.h", "src/status/codes.h"]))
    source = read_sources(root, ["src/**/*.c", "src/**/*.h"])
    wanted = {}
    for name in headers.values:
        if ERROR.fullmatch(name) and not NO_ERRORS.fullmatch(name):
            number = headers.number(name)
            if number is not None:
                wanted.setdefault(f"e {number}", name)
    for name in set(re.findall(r"\bSTATUS_[A-Z0-9_]+\b", source)) - NO_OUTCOMES:
        number = headers.number(name)
        if number is not None:
            wanted.setdefault(f"s {number}", name)
    for number in re.findall(r"STATUS_OF_WINSOCK\((\d+)\)", source):
        wanted.setdefault(f"e {number}", f"STATUS_OF_WINSOCK({number})")
    return wanted


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2])
    options = parser.parse_args()
    wanted = collect(options.root)
    if len(wanted) < 300:
        print(f"only {len(wanted)} errors were found: the headers are not read as they should be")
        return 1
    answer = subprocess.run([options.program], input="".join(f"{asked}\n" for asked in wanted),
                            text=True, capture_output=True, check=True,
                            timeout=60).stdout.splitlines()
    for asked in answer:
        print(f"{wanted[asked]} ({int(asked[2:]):#x}) has no sentence in src/status/text.c")
    print(f"{len(wanted)} errors, {len(answer)} without a sentence")
    return 1 if answer else 0


if __name__ == "__main__":
    sys.exit(main())
