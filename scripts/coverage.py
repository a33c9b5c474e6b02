#!/usr/bin/python3
"""What gcov counted in .build/cov, read for scripts/coverage: a table of lines
and branches, or with --missing the branches that nothing took.

A branch is one way out of a condition, as gcc sees it: `a && b` has four.
Those of an MV_ASSERT are none: nothing but a bug of ours takes the other way.
A service's main.c is run by the real services only: where they did not, its
branches are not counted in. Ends non-zero if a folder that PROMISED names has
fewer than it must."""
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("MV_BUILD", ROOT / ".build" / "cov"))
MUST = 90.0
PROMISED = {
    "services/base/store": "storage",
    "proto": "decoding",
    "services/stream": "log",  # those of LOG; the loop is shown beside them
    "services/catalogue": "decoding",
    "services/judging": "judging",
    "services/notifier": "queue",
}
LOG = {"log.c", "record.c", "positions.c", "pull_server.c", "puller.c"}


class Source:
    """One file: how often each line ran, and each way out of it."""

    def __init__(self):
        self.lines = defaultdict(int)
        self.branches = {}

    def add(self, line):
        number, ways = line["line_number"], line["branches"]
        self.lines[number] += line["count"]
        counts = [way["count"] for way in ways]
        before = self.branches.get(number)
        if before and len(before) == len(counts):  # a header, seen again
            counts = [a + b for a, b in zip(before, counts)]
        elif before:  # a line that is in several functions
            counts = before + counts
        if counts:
            self.branches[number] = counts

    def forget(self, ranges):
        """Branches of assertions."""
        for first, last in ranges:
            for number in range(first, last + 1):
                self.branches.pop(number, None)

    def figures(self):
        """Lines that ran, lines, branches taken, branches."""
        ways = [n for counts in self.branches.values() for n in counts]
        return [sum(n > 0 for n in self.lines.values()), len(self.lines),
                sum(n > 0 for n in ways), len(ways)]


def assertions(text):
    """First and last line of each MV_ASSERT(...)."""
    for found in re.finditer(r"\bMV_ASSERT\(", text):
        depth, end = 1, found.end()
        while depth > 0 and end < len(text):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        yield (text.count("\n", 0, found.start()) + 1,
               text.count("\n", 0, end) + 1)


def counted(note):
    """What gcov says of one object: a JSON text per source. What ran before it
    was built anew counts for nothing; gcov ends non-zero then."""
    out = subprocess.run(
        ["gcov", "--branch-probabilities", "--json-format", "--stdout",
         str(note)], cwd=BUILD, check=False, capture_output=True, text=True)
    return [json.loads(line) for line in out.stdout.splitlines() if line]


def sources():
    """Every file of proto and services that was compiled, by its path."""
    notes = sorted(p for p in (BUILD / "CMakeFiles").rglob("*.gcno")
                   if "CMakeFiles/3." not in str(p))
    if not any(BUILD.rglob("*.gcda")):
        sys.exit("coverage: nothing has run: scripts/coverage")
    found = defaultdict(Source)
    with ThreadPoolExecutor() as pool:
        for told in (one for many in pool.map(counted, notes) for one in many):
            for file in told["files"]:
                path = (Path(told["current_working_directory"]) /
                        file["file"]).resolve()
                if not path.is_relative_to(ROOT):
                    continue
                name = str(path.relative_to(ROOT))
                if name.startswith(("services/", "proto/")):
                    for line in file["lines"]:
                        found[name].add(line)
    for name, source in found.items():
        source.forget(assertions((ROOT / name).read_text(encoding="utf-8")))
    return found


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def row(name, figures, note=""):
    ran, lines, taken, ways = figures
    print(f"{name:<38} {ran:>5}/{lines:<5} {percent(ran, lines):5.1f} %  "
          f"{taken:>5}/{ways:<5} {percent(taken, ways):5.1f} %  {note}".rstrip())


def promised(folder, found, names):
    """Branches taken, and branches, of what the promise is of."""
    each = [found[name].figures() for name in names
            if folder != "services/stream" or Path(name).name in LOG]
    return sum(f[2] for f in each), sum(f[3] for f in each)


def table(found):
    """Prints it; the folders that have fewer than they must."""
    folders, short = defaultdict(list), []
    for name, source in found.items():
        if Path(name).name != "main.c" or source.figures()[0] > 0:
            folders[str(Path(name).parent)].append(name)
    print(f"{'':<38} {'lines':^19}  {'branches':^19}")
    for folder in sorted(folders):
        each = [found[name].figures() for name in sorted(folders[folder])]
        whole = [sum(column) for column in zip(*each)]
        kind = PROMISED.get(folder)
        enough = percent(*promised(folder, found, folders[folder])) >= MUST
        if kind and not enough:
            short.append(folder)
        row(folder + "/", whole, kind and
            f"{kind}: {'enough' if enough else f'fewer than {MUST:.0f} %'}" or "")
        for name, figures in zip(sorted(folders[folder]), each):
            if kind:
                row("  " + Path(name).name, figures)
    return short


def missing(found, wanted):
    """Each such line, and how often each way out of it was taken."""
    for name in sorted(found):
        if wanted and not any(w in name for w in wanted):
            continue
        text = (ROOT / name).read_text(encoding="utf-8").splitlines()
        for number, counts in sorted(found[name].branches.items()):
            if 0 in counts:
                print(f"{name}:{number}: {text[number - 1].strip()}  "
                      f"{counts}")


def main():
    found = sources()
    if sys.argv[1:2] == ["--missing"]:
        missing(found, sys.argv[2:])
        return 0
    short = table(found)
    for folder in short:
        print(f"coverage: {folder}: fewer than {MUST:.0f} % of the branches")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
