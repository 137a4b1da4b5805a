#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which rules of the contract are checked, and where.

usage: coverage.py [CONTRACT] [TEST_DIRECTORY] [--quiet]

Rules are the paragraphs of CONTRACT that begin like `**PORT-1** text` or `**SCHED-1 Insert.**`.
A check cites a rule by a string literal that is exactly its name, as in CHECK("PORT-1", ...).
A rule that cannot be checked stands in uncheckable.txt beside the tests, with the reason. What is
neither checked nor there is missing. Citations of rules that the contract does not have are an
error (exit 1), as are rules in uncheckable.txt that do not exist or have a check after all.
"""

import argparse
import pathlib
import re
import sys

RULE = re.compile(r"^\*\*([A-Z][A-Z0-9]*-\d+)\b(.*)$")
CITATION = re.compile(r'"([A-Z][A-Z0-9]*-\d+)"')


def read_rules(contract):
    """Rule name -> its text, in the order of the contract."""
    rules = {}
    for line in contract.read_text(encoding="utf-8").splitlines():
        found = RULE.match(line)
        if found:
            rules[found.group(1)] = found.group(2).strip(" *")
    return rules


def read_citations(directory):
    """Rule name -> list of file:line, from every C source and header of the directory."""
    citations = {}
    sources = sorted(p for p in directory.rglob("*") if p.suffix in (".c", ".h"))
    for source in sources:
        text = source.read_text(encoding="utf-8")
        # check.h and its like show citations in comments; those check nothing.
        text = re.sub(r"/\*.*?\*/", lambda c: "\n" * c.group().count("\n"), text, flags=re.S)
        # A test that Wine cannot run cites the rule once more to say so; that is no check.
        text = re.sub(r'WINE_CANNOT\(\s*"[^"]*"', "WINE_CANNOT(", text)
        for number, line in enumerate(text.splitlines(), 1):
            for rule in CITATION.findall(line):
                place = f"{source.relative_to(directory)}:{number}"
                citations.setdefault(rule, []).append(place)
    return citations


def read_uncheckable(directory):
    """Rule name -> why it cannot be checked."""
    table = directory / "uncheckable.txt"
    reasons = {}
    if table.exists():
        for line in table.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                rule, _, reason = line.partition(" ")
                reasons[rule] = reason.strip()
    return reasons


def print_details(rules, citations, uncheckable):
    for rule in rules:
        places = citations.get(rule, [])
        if places:
            print(f"{rule}: {len(places)} checks: {' '.join(places)}")
    for rule, reason in uncheckable.items():
        print(f"{rule}: cannot be checked: {reason}")
    missing = [r for r in rules if r not in citations and r not in uncheckable]
    print("without a check:", " ".join(missing) or "none")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("contract", type=pathlib.Path, nargs="?",
                        default=pathlib.Path(__file__).parents[2] / "docs" / "contract.md")
    parser.add_argument("directory", type=pathlib.Path, nargs="?",
                        default=pathlib.Path(__file__).parent)
    parser.add_argument("--quiet", action="store_true", help="only the number")
    arguments = parser.parse_args()

    rules = read_rules(arguments.contract)
    if not rules:
        print(f"no rules found in {arguments.contract}", file=sys.stderr)
        return 1
    citations = read_citations(arguments.directory)
    uncheckable = read_uncheckable(arguments.directory)
    if not arguments.quiet:
        print_details(rules, citations, uncheckable)
    unknown = sorted(set(citations) - set(rules))
    for rule in unknown:
        print(f"cited but not in the contract: {rule}: {' '.join(citations[rule])}")
    stale = sorted(set(uncheckable) - set(rules) | set(uncheckable) & set(citations))
    for rule in stale:
        print(f"uncheckable.txt: {rule} does not exist, or has a check after all")
    covered = sum(rule in citations for rule in rules)
    left = len(rules) - covered - len(uncheckable)
    print(f"rules of the contract: {len(rules)}; checked: {covered}; "
          f"cannot be checked, with the reason: {len(uncheckable)}; missing: {left}")
    return 1 if unknown or stale else 0


if __name__ == "__main__":
    sys.exit(main())
