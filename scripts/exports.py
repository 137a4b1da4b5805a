#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What libiocp exports, read from the public headers.

  exports.py map   --compiler CC --include DIR --output FILE     write the linker's version map
  exports.py list  --compiler CC --include DIR                   print the names, one per line
  exports.py check --compiler CC --include DIR --library FILE    compare with a built library

The compiler preprocesses all headers; every function that include/ declares and does not define
is public, under the name of its asm label where it has one (IOCP_SYMBOL("iocp_socket")).
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

VERSION_NODE = "IOCP_0"
# These have to come before others that include them in the wrong order otherwise.
FIRST = ["winsock2.h", "ws2tcpip.h", "mswsock.h", "windows.h"]
# What a program defines to get all that is declared.
ALL = ["-D_CRT_RAND_S"]
# What the linker adds to a shared library by itself.
LINKER_SYMBOLS = {"_init", "_fini", "__bss_start", "_edata", "_end", VERSION_NODE}


def preprocess(compiler, include):
    """The text of every public header after preprocessing, without what is not ours."""
    headers = sorted(p.relative_to(include).as_posix() for p in include.rglob("*.h"))
    headers = [h for h in headers if not h.startswith("case/")]
    headers = [h for h in FIRST if h in headers] + [h for h in headers if h not in FIRST]
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "all.c")
        source.write_text("".join(f"#include <{h}>\n" for h in headers))
        run = subprocess.run([compiler, "-std=gnu11", *ALL, "-E", "-I", str(include), str(source)],
                             capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"exports.py: the public headers do not preprocess:\n{run.stderr}")
    ours, kept = False, []
    for line in run.stdout.splitlines():
        marker = re.match(r'# \d+ "([^"]*)"', line)
        if marker:
            path = pathlib.Path(marker.group(1))
            ours = include in path.resolve().parents
        elif ours and not line.startswith("#"):
            kept.append(line)
    return "\n".join(kept)


def without(text, keyword):
    """Text without every `keyword ( ... )`, parentheses balanced."""
    out, at = [], 0
    for match in re.finditer(rf"\b(?:{keyword})\s*\(", text):
        if match.start() < at:
            continue
        out.append(text[at:match.start()])
        depth, at = 1, match.end()
        while depth and at < len(text):
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
    return "".join(out) + text[at:]


def top_level(text):
    """The declarations of the file: split at ';' and at the end of function bodies."""
    statement, depth = [], 0
    for token in re.findall(r'"(?:\\.|[^"\\])*"|[{};()]|[^"{};()]+', text):
        statement.append(token)
        if token in "{(":
            depth += 1
        elif token in "})":
            depth -= 1
        so_far = "".join(statement).strip()
        if depth == 0 and token == ";":
            yield so_far
            statement = []
        elif depth == 0 and token == "}" and is_definition(so_far):
            yield so_far
            statement = []


def is_definition(statement):
    """True for a function with its body, and for the end of an extern "C" block."""
    return statement == "}" or re.search(r"\)\s*\{", statement) is not None


def declared_function(statement):
    """The symbol a declaration names, or None when it declares no function."""
    if statement.startswith(("typedef", "static", "_Static_assert", "}")) or "{" in statement:
        return None
    label = re.search(r'\b(?:__asm__|__asm|asm)\s*\(\s*((?:"[^"]*"\s*)+)\)', statement)
    plain = without(statement, "__attribute__|__attribute|__asm__|__asm|asm|__declspec|_Alignas")
    match = re.match(r"[^()]*?\b(\w+)\s*\(", plain.replace("\n", " "))
    # `T (*name)(...)` is a variable; it has a star right after its first parenthesis.
    if not match or re.match(r"[^()]*\(\s*\*", plain):
        return None
    if match.group(1).startswith("iocp_libc_"):
        return None  # the C library's own function, under a name that does not get in the way
    return "".join(re.findall(r'"([^"]*)"', label.group(1))) if label else match.group(1)


def declared(compiler, include):
    text = preprocess(compiler, pathlib.Path(include).resolve())
    text = re.sub(r'extern\s+"C"\s*\{', "", text)
    names = {declared_function(s) for s in top_level(text)}
    return sorted(names - {None})


def exported(library):
    run = subprocess.run(["nm", "-D", "--defined-only", "--format=posix", library],
                         capture_output=True, text=True, check=True)
    names = {line.split()[0].split("@")[0] for line in run.stdout.splitlines()}
    return sorted(names - LINKER_SYMBOLS)


def write_map(names, output):
    body = "".join(f"        {name};\n" for name in names)
    globals_part = f"    global:\n{body}" if names else ""
    text = f"{VERSION_NODE} {{\n{globals_part}    local:\n        *;\n}};\n"
    pathlib.Path(output).write_text(text)


def check(names, library):
    public, found = set(names), set(exported(library))
    for name in sorted(found - public):
        print(f"{library}: exports {name}, which no header declares [export-undeclared]")
    for name in sorted(public - found):
        print(f"include/: declares {name}, which the library does not define; "
              f"write it in src/api/ or drop the declaration [declared-not-exported]")
    print(f"{len(public)} functions declared, {len(found)} symbols exported")
    return 0 if public == found and public else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=["map", "list", "check"])
    parser.add_argument("--compiler", default="cc")
    parser.add_argument("--include", required=True)
    parser.add_argument("--output")
    parser.add_argument("--library")
    options = parser.parse_args()
    names = declared(options.compiler, options.include)
    if options.verb == "map":
        write_map(names, options.output)
    elif options.verb == "list":
        print("\n".join(names))
    else:
        return check(names, options.library)
    return 0


if __name__ == "__main__":
    sys.exit(main())
