#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows that the checks of this directory can fail: each case is a small tree with one offence.

  selftest.py [--compiler CC]

A case writes files into a clean tree, runs one checker and expects its exit status 1 and the
rule's name; the clean tree itself must pass.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SPDX = "/* SPDX-License-Identifier: MIT */\n"
CLEAN = {
    "include/winnt.h": SPDX + "typedef unsigned int DWORD;\n",
    "include/windows.h": SPDX + '#include "winnt.h"\n#define LABEL(n) __asm__(n)\n'
                                "void SetLastError(DWORD code);\nint CloseHandle(void *handle);\n"
                                'int select(int count, void *set) LABEL("iocp_select");\n',
    "src/base/list.h": SPDX + "int list_length(void);\n",
    "src/base/list.c": SPDX + '#include "base/list.h"\nint list_length(void)\n{\n'
                              "    return 0;\n}\n",
    "src/port/port.h": SPDX + "int port_post(void);\n",
    "src/port/queue_internal.h": SPDX + "int port_queue(void);\n",
    "src/port/port.c": SPDX + '#include "base/list.h"\n#include "port/port.h"\n'
                              '#include "queue_internal.h"\n'
                              "#include <winnt.h>\nint port_post(void)\n{\n"
                              "    return list_length();\n}\n",
    "src/engine/engine.h": SPDX + "int engine_start(void);\n",
    "src/engine/engine.c": SPDX + '#include "engine/engine.h"\nint engine_start(void)\n{\n'
                                  "    return 0;\n}\n",
    "src/api/handleapi.c": SPDX + '#include <windows.h>\n#include "port/port.h"\n'
                                  "void SetLastError(DWORD code)\n{\n    (void)code;\n}\n"
                                  "int CloseHandle(void *handle)\n{\n    SetLastError(6);\n"
                                  "    return handle && port_post();\n}\n",
}


def lines(count):
    return "    count++;\n" * count


INCLUDES = [
    ("room-arrow", {"src/port/a.c": SPDX + '#include "engine/engine.h"\n'}),
    ("room-arrow", {"src/base/a.c": SPDX + '#include "../port/port.h"\n'}),
    ("room-arrow", {"src/io/a.c": SPDX + '#include "engine/uring.h"\n',
                    "src/engine/uring.h": SPDX}),
    ("private-header", {"src/api/a.c": SPDX + '#include "port/queue_internal.h"\n'}),
    ("private-header", {"src/api/a.c": SPDX + '#include "engine/uring.h"\n',
                        "src/engine/uring.h": SPDX}),
    ("public-header", {"src/port/a.c": SPDX + "#include <windows.h>\n"}),
    ("public-header", {"src/engine/a.c": SPDX + "#include <winnt.h>\n"}),
    ("system-header", {"src/port/a.c": SPDX + "# include <sys/epoll.h>\n"}),
    ("unknown-room", {"src/drawer/a.c": SPDX + "#include <stdio.h>\n"}),
    ("into-src", {"examples/a.c": SPDX + '#include "../src/base/list.h"\n'}),
    ("into-src", {"tools/load/a.c": SPDX + '#include "port/port.h"\n'}),
    ("into-src", {"tools/iocptop/a.c": SPDX + '#include "port/port.h"\n'}),
    ("into-src", {"include/iocp.h": SPDX + '#include "../src/port/port.h"\n'}),
]
SYMBOLS = [
    ("symbol-arrow", {"src/port/a.c": SPDX + "extern int engine_start(void);\nint port_a(void)\n"
                                             "{\n    return engine_start();\n}\n"}),
    ("public-call", {"src/port/a.c": SPDX + "extern int CloseHandle(void *);\nint port_a(void)\n"
                                            "{\n    return CloseHandle(0);\n}\n"}),
    ("last-error", {"src/port/a.c": SPDX + "extern void SetLastError(unsigned);\n"
                                           "void port_a(void)\n{\n    SetLastError(6);\n}\n"}),
    ("public-call", {"src/port/a.c": SPDX + "extern int s(void) __asm__(\"iocp_select\");\n"
                                            "int port_a(void)\n{\n    return s();\n}\n"}),
]
LIMITS = [
    ("function-length", {"src/base/a.c": f"{SPDX}int count;\nvoid f(void)\n{{\n{lines(69)}}}\n"}),
    ("function-length", {"src/base/a.c": f"{SPDX}void f(int count) {{\n{lines(80)}}}\n"}),
    ("function-length", {"scripts/a.py": "# SPDX-License-Identifier: MIT\ndef f():\n"
                                         + "    pass\n" * 70}),
    ("file-length", {"src/base/a.c": SPDX + "extern int a;\n" * 700}),
    ("header-length", {"src/base/a.h": SPDX + "extern int a;\n" * 150}),
    ("line-length", {"src/base/a.c": SPDX + "int " + "a" * 100 + ";\n"}),
    ("tab", {"src/base/a.c": SPDX + "void f(void)\n{\n\treturn;\n}\n"}),
    ("trailing-blank", {"src/base/a.c": SPDX + "int a; \n"}),
    ("spdx", {"src/base/a.c": "int a;\n"}),
    ("spdx", {"scripts/a.sh": "#!/bin/sh\ntrue\n"}),
    ("line-comment", {"src/base/a.c": SPDX + "int a; // why\n"}),
    ("banned-call", {"src/base/a.c": SPDX + "void f(char *a)\n{\n    strcpy(a, a);\n}\n"}),
    ("banned-call", {"tests/unit/a.c": SPDX + "int f(char *a)\n{\n    return atoi(a);\n}\n"}),
    ("banned-call", {"src/base/a.c": SPDX + "#define SAY(x) printf(x)\n"}),
    ("word", {"docs/a.md": "TO" + "DO: later\n"}),
    ("word", {"src/base/a.c": SPDX + "/* see /ho" + "me/jo/notes */\n"}),
]
# A library of these functions, against the three declared in include/windows.h.
EXPORTED = "void SetLastError(void) {} void CloseHandle(void) {} void iocp_select(void) {}\n"
EXPORTS = [
    (None, {"library.c": EXPORTED}),
    ("export-undeclared", {"library.c": EXPORTED + "void port_post(void) {}\n"}),
    ("declared-not-exported", {"library.c": EXPORTED.replace("iocp_select", "iocp__select")}),
    ("declared-not-exported", {"library.c": EXPORTED, "include/winsock2.h": SPDX
                               + "int bind(int number);\n"}),
]
# Near misses: what a checker must not object to.
ALLOWED = [
    ("limits", {"src/base/a.c": f"{SPDX}int count;\nvoid f(void)\n{{\n{lines(67)}}}\n"}),
    ("limits", {"src/api/a.c": SPDX + "int select(int count)\n{\n    return count;\n}\n"}),
    ("limits", {"src/base/a.c": SPDX + 'const char *a = "// strcpy(a, b)"; /* rand() */\n'}),
    ("limits", {"tests/unit/a.c": SPDX + "void f(void)\n{\n    printf(\"mkstemp XXXXXX\");\n}\n"}),
    ("includes", {"src/io/a.c": SPDX + "#include <winnt.h>\n#include <stdio.h>\n"
                                "#include \"engine/engine.h\"\n"}),
    ("includes", {"src/engine/a.c": SPDX + "#include <liburing.h>\n"}),
    ("includes", {"tools/iocptop/a.c": SPDX + '#include "stats/layout.h"\n',
                  "src/stats/layout.h": SPDX}),
]


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def compile_rooms(root, compiler):
    objects = root / "build" / "objects"
    for source in sorted((root / "src").rglob("*.c")):
        target = objects / source.relative_to(root / "src").with_suffix(".c.o")
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([compiler, "-c", "-I", str(root / "include"), "-I", str(root / "src"),
                        "-o", str(target), str(source)], check=True)
    return objects


def compile_library(root, compiler):
    library = root / "library.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(root / "library.c")],
                   check=True)
    return library


def run(checker, files, compiler):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        write(root, {**CLEAN, **files})
        if checker == "limits":
            command = ["limits.py", "--root", folder]
        elif checker == "exports":
            command = ["../../scripts/exports.py", "check", "--include", str(root / "include"),
                       "--compiler", compiler, "--library", str(compile_library(root, compiler))]
        else:
            command = ["arrows.py", checker, "--root", folder, "--compiler", compiler]
        if checker == "symbols":
            command += ["--objects", str(compile_rooms(root, compiler))]
        result = subprocess.run([sys.executable, str(HERE / command[0])] + command[1:],
                                capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", default="cc")
    compiler = parser.parse_args().compiler
    passed = failed = 0
    cases = [(name, rule, files) for name, group in
             (("includes", INCLUDES), ("symbols", SYMBOLS), ("limits", LIMITS))
             for rule, files in [(None, {})] + group]
    cases += [("exports", rule, files) for rule, files in EXPORTS]
    cases += [(name, None, files) for name, files in ALLOWED]
    for checker, rule, files in cases:
        status, output = run(checker, files, compiler)
        held = status == 0 if rule is None else status == 1 and f"[{rule}]" in output
        passed, failed = passed + held, failed + (not held)
        print("ok" if held else "FAIL", checker, rule or "allowed", " ".join(files) or "clean tree")
        if not held:
            print(output)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
