#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds every text of the repository against the limits and bans in limits.txt.

  limits.py [--root DIR]

Prints one line per offence, with the rule's name in brackets, and exits 1 if there is one.
"""
import argparse
import ast
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
C_LIKE = (".c", ".h", ".cpp", ".hpp")
CODE = C_LIKE + (".py", ".sh", ".cmake")
TEXT = CODE + (".md", ".txt", ".json", ".in", ".map", "")
SKIPPED_FOLDERS = {".git", "build", "out", ".cache", "__pycache__"}


class Rules:
    """limits.txt, line by line."""

    def __init__(self, path):
        self.limits, self.bans, self.words = {}, [], []
        for number, line in enumerate(path.read_text().splitlines(), 1):
            words = line.split()
            if not words or line.startswith("#"):
                continue
            subject, _, instead = line.partition(" : ")
            if words[0] == "limit":
                self.limits[words[1]] = (int(words[2]), words[3] if len(words) > 3 else "")
            elif words[0] == "ban":
                self.bans.append((words[1].replace("-", ""), words[2], instead))
            elif words[0] == "word":
                self.words.append((re.compile(subject.split(None, 1)[1].strip()), instead))
            else:
                sys.exit(f"{path}:{number}: unknown keyword {words[0]}")


class Report:
    def __init__(self):
        self.offences = 0

    def say(self, name, number, text, rule):
        print(f"{name}:{number}: {text} [{rule}]")
        self.offences += 1


def files_of(root):
    """What is, or could be, under version control; every file where there is no repository."""
    run = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--cached", "--others",
                          "--exclude-standard"], capture_output=True, text=True)
    if run.returncode == 0 and (root / ".git").exists():
        names = [name for name in run.stdout.split("\0") if name]
    else:
        names = [os.path.relpath(os.path.join(folder, name), root)
                 for folder, folders, files in os.walk(root)
                 for name in files if not SKIPPED_FOLDERS & set(pathlib.Path(folder).parts)]
    return sorted(name for name in names if (root / name).is_file()
                  and pathlib.PurePath(name).suffix in TEXT)


def without_comments(text):
    """(text with comments and strings blanked, line numbers of // comments)."""
    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    line_comments = []

    def blank(match):
        if match.group().startswith("//"):
            line_comments.append(text.count("\n", 0, match.start()) + 1)
        return re.sub(r"[^\n]", " ", match.group())

    return re.sub(pattern, blank, text, flags=re.S), line_comments


def c_functions(lines):
    """(first line, last line, name) of every function whose braces stand in column 0."""
    start = None
    for number, line in enumerate(lines, 1):
        if re.match(r"\{\s*$", line) or re.match(r"[A-Za-z].*\)\s*\{\s*$", line):
            start = number
        elif line.startswith("}") and start is not None:
            first = start
            while first > 1 and re.match(r"[^#}\s]|\s+\S", lines[first - 2]) and \
                    not lines[first - 2].rstrip().endswith((";", "*/")):
                first -= 1
            head = " ".join(lines[first - 1:start])
            name = re.search(r"(\w+)\s*\(", head)
            if name:
                yield first, number, name.group(1)
            start = None


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno, node.name


def check_lengths(rules, report, name, text, code):
    suffix = pathlib.PurePath(name).suffix
    lines = text.splitlines()
    file_limit, _ = rules.limits["file-length"]
    header_limit, header_prefix = rules.limits["header-length"]
    if suffix == ".h" and name.startswith(header_prefix) and len(lines) > header_limit:
        report.say(name, len(lines), f"{len(lines)} lines, at most {header_limit} in a header of "
                   f"{header_prefix}; split it by what it owns", "header-length")
    elif not name.startswith("include/") and len(lines) > file_limit:
        report.say(name, len(lines), f"{len(lines)} lines, at most {file_limit}; split it by what "
                   "it owns", "file-length")
    limit, _ = rules.limits["function-length"]
    functions = []
    if suffix in C_LIKE:
        functions = c_functions(code.splitlines())
    elif suffix == ".py":
        functions = python_functions(text)
    for first, last, function in functions:
        if last - first + 1 > limit:
            report.say(name, first, f"{function} has {last - first + 1} lines, at most {limit}; "
                       "give a part of it a name", "function-length")


def check_lines(rules, report, name, text):
    limit, _ = rules.limits["line-length"]
    makefile = pathlib.PurePath(name).name == "Makefile"
    is_code = pathlib.PurePath(name).suffix in CODE
    for number, line in enumerate(text.splitlines(), 1):
        if "\t" in line and not makefile:
            report.say(name, number, "a tab; indent by four spaces", "tab")
        if line != line.rstrip() and is_code:
            report.say(name, number, "blanks at the end of the line; drop them", "trailing-blank")
        if is_code and len(line) > limit:
            report.say(name, number, f"{len(line)} columns, at most {limit}; break the line",
                       "line-length")
        for pattern, instead in rules.words:
            match = pattern.search(line)
            if match and name != "tests/house/limits.txt":
                report.say(name, number, f"'{match.group()}': {instead}", "word")


def check_start(report, name, text):
    """The licence is the first thing said; scripts say it after the line that runs them."""
    head = text.splitlines()[:2]
    first = head[1:2] if head and head[0].startswith("#!") else head[:1]
    if not first or "SPDX-License-Identifier: MIT" not in first[0]:
        report.say(name, 1, "begin with SPDX-License-Identifier: MIT", "spdx")


def check_calls(rules, report, name, code):
    for number, line in enumerate(code.splitlines(), 1):
        # A definition or declaration stands in column 0; a call is indented or in a macro.
        if not line.startswith((" ", "#define")):
            continue
        for prefix, banned, instead in rules.bans:
            if name.startswith(prefix) and re.search(rf"(?<![\w.>]){banned}\s*\(", line):
                report.say(name, number, f"calls {banned}: {instead}", "banned-call")


def check_file(rules, report, root, name):
    path = root / name
    text = path.read_text(errors="replace")
    suffix = path.suffix
    code = text
    check_lines(rules, report, name, text)
    if suffix in C_LIKE:
        code, line_comments = without_comments(text)
        if suffix in (".c", ".h"):
            for number in line_comments:
                report.say(name, number, "a // comment; write /* */", "line-comment")
        check_calls(rules, report, name, code)
    if suffix in CODE or path.name in ("CMakeLists.txt", "Makefile"):
        check_start(report, name, text)
        check_lengths(rules, report, name, text, code)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=HERE.parents[1])
    root = parser.parse_args().root.resolve()
    rules, report = Rules(HERE / "limits.txt"), Report()
    names = files_of(root)
    for name in names:
        check_file(rules, report, root, name)
    print(f"{len(names)} files, {report.offences} offences against tests/house/limits.txt")
    return 1 if report.offences or not names else 0


if __name__ == "__main__":
    sys.exit(main())
