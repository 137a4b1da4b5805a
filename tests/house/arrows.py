#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds who uses whom in src/ against the table in arrows.txt.

  arrows.py includes --root DIR                          reads every #include line
  arrows.py symbols  --root DIR --objects DIR [--compiler CC]
                                                         reads every object file of the library

An `extern` is an arrow too: hence the second verb. Prints one line per offence, with its rule in
brackets, and exits 1 if there is one.
"""
import argparse
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCES = (".c", ".h", ".cpp", ".hpp")


class Table:
    """arrows.txt, line by line."""

    def __init__(self, path):
        self.rooms, self.shows, self.nocall = {}, {}, {}
        self.types, self.only, self.outside, self.lends = set(), {}, [], {}
        for number, line in enumerate(path.read_text().splitlines(), 1):
            words = line.split("#")[0].split()
            if words:
                self.read(words, f"{path}:{number}")

    def read(self, words, where):
        keyword, rest = words[0], words[1:]
        if keyword == "room":
            self.rooms[rest[0]] = set(rest[1:])
        elif keyword == "shows":
            self.shows[rest[0]] = set(rest[1:])
        elif keyword == "nocall":
            self.nocall.setdefault(rest[0], set()).update(rest[1:])
        elif keyword == "types":
            self.types.update(rest)
        elif keyword == "only":
            split = rest.index(":")
            self.only.update({header: set(rest[split + 1:]) for header in rest[:split]})
        elif keyword == "lends":
            self.lends.setdefault(rest[0], set()).update(rest[2:])
        elif keyword == "outside":
            self.outside.extend(rest)
        else:
            sys.exit(f"{where}: unknown keyword {keyword}")

    def is_shown(self, room, header):
        if room in self.shows:
            return header in self.shows[room]
        return not header.endswith("_internal.h")

    def may_call(self, room):
        rooms = {item.split("/")[0] for item in self.rooms[room]}
        return (rooms | {room}) - self.nocall.get(room, set())


def source_files(folder):
    return sorted(p for p in folder.rglob("*") if p.suffix in SOURCES) if folder.is_dir() else []


def includes_of(path):
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def resolve(root, path, quote, name):
    """("src", room/header), ("public", header) or ("system", header)."""
    near = (path.parent / name).resolve()
    if quote == '"' and near.is_file() and (root / "src") in near.parents:
        return "src", near.relative_to(root / "src").as_posix()
    if (root / "src" / name).is_file():
        return "src", pathlib.PurePosixPath(name).as_posix()
    if (root / "include" / name).is_file() or (root / "include" / "case" / name).is_file():
        return "public", name
    return "system", name


def offence_of_include(table, room, kind, target):
    """(rule, what to do instead) of an include line, or None when it is allowed."""
    allowed = table.rooms[room]
    if kind == "system":
        owners = table.only.get(target)
        if owners and room not in owners:
            return "system-header", f"only {' '.join(sorted(owners))} may include it; ask that room"
        return None
    if kind == "public":
        if "public" in allowed or ("types" in allowed and target in table.types):
            return None
        if "types" in allowed:
            return ("public-header", "only src/api/ may; the type headers are "
                    + " ".join(sorted(table.types)))
        return "public-header", f"{room} knows no Win32 types; use plain C types"
    return offence_of_room(table, room, target)


def offence_of_room(table, room, target):
    other, _, header = target.partition("/")
    allowed = table.rooms[room]
    if other == room or target in allowed:
        return None
    if other not in table.rooms:
        return "unknown-room", f"give {other} a `room` line in tests/house/arrows.txt"
    if other not in allowed:
        may = " ".join(sorted(allowed)) or "the C library only"
        return "room-arrow", (f"{room} may include: {may}; take a function pointer that the upper "
                              "room hands down, or move the code")
    if not table.is_shown(other, header):
        shown = " ".join(sorted(table.shows.get(other, ["its headers that are not *_internal.h"])))
        return "private-header", f"{other} shows the others {shown}"
    return None


def check_includes(table, root):
    offences = 0
    for path in source_files(root / "src"):
        inside = path.relative_to(root / "src")
        room = inside.parts[0]
        if room not in table.rooms:
            print(f"src/{inside}: no room of that name; add a `room` line to arrows.txt "
                  "[unknown-room]")
            offences += 1
            continue
        for number, quote, name in includes_of(path):
            kind, target = resolve(root, path, quote, name)
            offence = offence_of_include(table, room, kind, target)
            if offence:
                print(f"src/{inside}:{number}: includes {name}: {offence[1]} [{offence[0]}]")
                offences += 1
    return offences + check_outside(table, root)


def is_lent(table, root, path, name):
    return any((root / folder) in path.parents for folder in table.lends.get(name, ()))


def check_outside(table, root):
    offences = 0
    for folder in table.outside:
        for path in source_files(root / folder):
            for number, quote, name in includes_of(path):
                into = (path.parent / name).resolve()
                # By a search path, too, if it names a room's header and not a file beside it.
                by_room = (root / "src" / name).is_file() and not into.is_file() \
                    and "/" in name and not is_lent(table, root, path, name)
                if name.startswith("src/") or (root / "src") in into.parents or by_room:
                    print(f"{path.relative_to(root)}:{number}: includes {name}: files outside src/ "
                          "use the public headers only [into-src]")
                    offences += 1
    return offences


def symbols_of(path):
    """(defined, undefined) names of an object file."""
    run = subprocess.run(["nm", "--format=posix", str(path)], capture_output=True, text=True,
                         check=True)
    defined, undefined = set(), set()
    for line in run.stdout.splitlines():
        name, kind = line.split()[:2]
        if kind in "Uw":
            undefined.add(name)
        elif kind in "TDBRCVWGSi":
            defined.add(name)
    return defined, undefined


def public_names(root, compiler):
    run = subprocess.run([sys.executable, str(HERE.parents[1] / "scripts" / "exports.py"), "list",
                          "--compiler", compiler, "--include", str(root / "include")],
                         capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(run.stderr)
    return set(run.stdout.split())


def offence_of_symbol(table, room, name, owners, public):
    """(rule, text) of an undefined symbol, or None when it is allowed."""
    if name in public and room != "api":
        if name in ("SetLastError", "WSASetLastError"):
            return "last-error", "below api/ a function returns a status; api/ sets the last error"
        return "public-call", ("a public function takes the handle twice and touches the last "
                               "error; call the room behind it")
    owner = owners.get(name)
    if owner and owner not in table.may_call(room):
        return "symbol-arrow", (f"it belongs to {owner}; {room} may call: "
                                + " ".join(sorted(table.may_call(room))))
    return None


def check_symbols(table, root, objects, compiler):
    public = public_names(root, compiler)
    found = {}
    for path in sorted(objects.rglob("*.o")):
        inside = path.relative_to(objects)
        if inside.parts[0] in table.rooms:
            found[inside] = symbols_of(path)
    if not found:
        print(f"{objects}: no object file of a room [no-objects]")
        return 1
    owners = {name: inside.parts[0] for inside, (names, _) in found.items() for name in names}
    offences = 0
    for inside, (_, undefined) in found.items():
        for name in sorted(undefined):
            offence = offence_of_symbol(table, inside.parts[0], name, owners, public)
            if offence:
                print(f"src/{inside.with_suffix('')}: uses {name}: {offence[1]} [{offence[0]}]")
                offences += 1
    return offences


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=["includes", "symbols"])
    parser.add_argument("--root", type=pathlib.Path, default=HERE.parents[1])
    parser.add_argument("--objects", type=pathlib.Path)
    parser.add_argument("--compiler", default="cc")
    options = parser.parse_args()
    root = options.root.resolve()
    table = Table(HERE / "arrows.txt")
    if options.verb == "includes":
        offences = check_includes(table, root)
    else:
        offences = check_symbols(table, root, options.objects.resolve(), options.compiler)
    print(f"{options.verb}: {offences} offences against tests/house/arrows.txt")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
