#!/usr/bin/python3
"""The rules of the house that a text can break: the plan of the folders, the
direction of includes, sizes, banned calls, a README per folder that names
what is in it, settings against their examples, words.
Prints every fault as file:line: rule; ends non-zero if there is one."""
import json
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOP = {"services", "proto", "deploy", "tests", "scripts", "CMakeLists.txt",
       "README.md", "CMakePresets.json", "CHANGELOG.md", "LICENSE"}
ORDER = ["services/base", "proto", "services/stream", "services/catalogue",
         "services/judging"]
LEAVES = ["services/ingest", "services/evaluator", "services/notifier",
          "services/monitor", "services/cli"]
BANNED = re.compile(
    r"(?<![\w.>])(strcpy|strcat|sprintf|vsprintf|gets|alloca|strtok|atoi|"
    r"atof|asctime|ctime)\s*\(")
ABSOLUTE = re.compile(r"(?<![\w./])/(?:work|root|home/\w+)/")
UNNAMED = {"README.md", "CMakeLists.txt", "__init__.py"}
faults = []


def fault(path, line, text):
    faults.append(f"{path}:{line}: {text}")


def tracked():
    out = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True,
                         capture_output=True, text=True).stdout
    return [p for p in out.splitlines() if (ROOT / p).is_file()]


def folder(path):
    for name in ORDER + LEAVES:
        if path.startswith(name + "/"):
            return name
    return None


def may_include(source, target):
    if source == target:
        return True
    if target in LEAVES:
        return False
    return source in LEAVES or ORDER.index(target) < ORDER.index(source)


def check_includes(path, lines):
    here = folder(path)
    for number, line in enumerate(lines, 1):
        quoted = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        angled = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
        if quoted:
            target = quoted.group(1)
            there = folder(target)
            if there is None and not target.startswith("tests/"):
                fault(path, number, f'include "{target}" from the root')
            elif here and (there is None or not may_include(here, there)):
                fault(path, number, f"{here} may not include {target}")
        if angled and angled.group(1) == "lmdb.h" and here \
                and "base/store/" not in path:
            fault(path, number, "<lmdb.h> belongs to services/base/store")
        if angled and angled.group(1) == "zmq.h" and here \
                and "base/sock/" not in path:
            fault(path, number, "<zmq.h> belongs to services/base/sock")
        if angled and angled.group(1) == "cmocka.h" \
                and path != "tests/support/unit.h":
            fault(path, number, "<cmocka.h> comes with tests/support/unit.h")


CANNOT_FAIL = {"mdb_cursor_close", "mdb_env_close", "mdb_txn_abort",
               "mdb_txn_reset", "mdb_txn_id", "mdb_strerror",
               "mdb_reader_check"}              # or nothing follows from it


def check_failing(paths):
    """What a test fails of LMDB is what the store calls of it."""
    def calls(pattern, names):
        return {call for name in names for call in re.findall(
            pattern, (ROOT / name).read_text(encoding="utf-8"))}
    header = "tests/support/failing_lmdb.h"
    made = calls(r"\b(mdb_\w+)\(", [p for p in paths if p.endswith(".c")
                                   and p.startswith("services/base/store/")])
    for call in sorted((made - CANNOT_FAIL) ^
                       calls(r"FAILING\(int, (mdb_\w+)", [header])):
        fault(header, 1, f"{call}: the store calls it, or this fails it, "
                         "and not both")


def check_text(path, lines):
    limit = 120 if path.endswith(".h") and folder(path) else 600
    if len(lines) > limit:
        fault(path, len(lines), f"longer than {limit} lines")
    for number, line in enumerate(lines, 1):
        if len(line) > 80 and path.endswith((".c", ".h")):
            fault(path, number, "longer than 80 columns")
        if path.endswith((".c", ".h")) and BANNED.search(line):
            fault(path, number, "a call that the house does not use")
        if path.endswith((".c", ".h")) and re.match(r"\s*#\s*if 0", line):
            fault(path, number, "#if 0")
        if ABSOLUTE.search(line) and not path.endswith("rules.py"):
            fault(path, number, "a path of one machine")
    if path.endswith(".h") and folder(path) \
            and not any("#pragma once" in line for line in lines):
        fault(path, 1, "no #pragma once")


def check_functions(paths):
    out = subprocess.run(
        ["ctags", "--languages=C,Python", "--kinds-C=f", "--kinds-Python=fm",
         "--fields=+ne", "--output-format=json", "-f", "-", *paths],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for line in out.splitlines():
        tag = json.loads(line)
        if tag.get("end", 0) - tag.get("line", 0) + 1 > 60:
            fault(tag["path"], tag["line"],
                  f"{tag['name']} is longer than 60 lines")


def check_folders(paths):
    for path in paths:
        top = path.split("/")[0]
        if top not in TOP and not top.startswith("."):
            fault(path, 1, "not in the plan of the house")
    for name in sorted({str(Path(p).parent) for p in paths if "/" in p}):
        if name + "/README.md" not in paths and name[0] != "." and \
                not is_told_above(name, paths):
            fault(name, 1, "a folder without a README.md")


def is_told_above(name, paths):
    """Of data: the nearest README above names it. Source has its own."""
    if any(p.endswith((".c", ".py")) and str(Path(p).parent) == name
           for p in paths):
        return False
    for above in Path(name).parents:
        readme = str(above / "README.md")
        if readme in paths and above != Path():
            text = (ROOT / readme).read_text(encoding="utf-8")
            return any(fnmatch(Path(name).name, w) for w in named(text)
                       if w.strip("*"))
    return False


# what it is called here, and what it is not
CALLED = {"indicator": "KPIs?", "delivery": "datasets?|data sets?",
          "figure": "data ?points?", "notice": r"alerts?(?!\()",
          "change": "status updates?", "trust": "tenants?"}
OTHERS = [(word, re.compile(rf"\b({others})\b", re.I))
          for word, others in CALLED.items()]
SAID = (".c", ".h", ".py", ".md", ".def", ".1", ".5", ".8", ".yaml", ".example")


def check_words(path, lines):
    """One word for a thing, everywhere."""
    for number, line in enumerate(lines, 1):
        for word, others in OTHERS:
            for found in others.findall(line):
                fault(path, number, f"`{found}`: it is called a {word} here")


def named(text):
    """What a README names: in `...`, and in the first column of a table."""
    cells = [line.split("|")[1] for line in text.splitlines()
             if line.startswith("|")]
    spans = re.findall(r"`([^`\n]+)`", text)
    return {w.split(".{")[0].rstrip("/").split("/")[-1] for part in cells + spans
            for w in re.split(r"[\s,`|()]+", part) if w}


def check_readmes(paths):
    """A README names each file beside it, by name, stem or a pattern, and no
    source that is not there. Those at the root are in TOP."""
    for readme in [p for p in paths if Path(p).name == "README.md"]:
        home = Path(readme).parent
        text = (ROOT / readme).read_text(encoding="utf-8")
        words = named(text)
        for p in [Path(q) for q in paths if Path(q).parent == home != Path()]:
            if p.name not in UNNAMED and p.name[0] != "." and not any(
                    fnmatch(p.name, w) or fnmatch(p.stem, w) for w in words):
                fault(readme, 1, f"does not name {p.name}")
        for number, line in enumerate(text.splitlines(), 1):
            for word in re.findall(r"`([\w/.-]+\.(?:c|h|py|def))`", line):
                end = word.lstrip("./")
                if not any(q == end or q.endswith("/" + end) for q in paths):
                    fault(readme, number, f"{word} is not there")


def check_settings(paths):
    """The tables of settings and deploy/*.conf.example name the same keys."""
    def keys(path):
        return set(re.findall(r'\{"(\w+)", MV_CONF_',
                              (ROOT / path).read_text(encoding="utf-8")))
    shared = keys("services/stream/settings.h")
    for name in ("ingest", "evaluator", "notifier"):
        table = shared.union(*(keys(p) for p in paths if p.endswith(".c")
                               and p.startswith(f"services/{name}/")))
        example = f"deploy/{name}.conf.example"
        lines = (ROOT / example).read_text(encoding="utf-8")
        there = set(re.findall(r"^#? ?(\w+) =", lines, re.M))
        for key in sorted(table ^ there):
            fault(example, 1, f"{key} is {'not ' if key in table else ''}"
                              f"there, {'but' if key in table else 'and not'}"
                              " in the table of settings")


SIZED = re.compile(r"\b(?:mv_|house\.)scale\(|\bhouse\.SOAK\b")
SOAK_WORDS = {"asan", "gcc", "check", "coverage", "fuzz", "runs",
              "bench"}  # of scripts/soak


def check_soak(paths):
    """tests/soak.txt names what is there, and every test of two sizes."""
    text, there = "tests/soak.txt", {}
    for path in [p for p in paths if re.fullmatch(
            r"tests/(integration|fault|property)/\w+\.(py|c)", p)]:
        name = Path(path).name
        there[name.removesuffix(".c")] = (ROOT / path).read_text(
            encoding="utf-8")
    seen = set()
    for number, line in enumerate((ROOT / text).read_text(
            encoding="utf-8").splitlines(), 1):
        file, *names = line.split("|")[-1].split(":")
        seen.add(file)
        if file not in there and file not in SOAK_WORDS:
            fault(text, number, f"{file} is not there")
            continue
        for name in [part for one in names for part in one.split(".")]:
            if not re.search(rf"\b(class|def) {name}\b", there.get(file, "")):
                fault(text, number, f"{file} has no {name}")
    for name, source in sorted(there.items()):
        if name.startswith(("test_", "fault_", "prop_")) and \
                SIZED.search(source) and name not in seen:
            fault(text, 1, f"{name} has a size that nothing runs")


def main():
    paths = tracked()
    check_soak(paths)
    check_folders(paths)
    check_readmes(paths)
    check_settings(paths)
    check_failing(paths)
    code = [p for p in paths if p.endswith((".c", ".h", ".py"))]
    for path in code:
        lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        check_includes(path, lines)
        check_text(path, lines)
    for path in [p for p in paths if p.endswith(SAID) and "/data/" not in p
                 and p != "scripts/rules.py"]:
        check_words(path, (ROOT / path).read_text(
            encoding="utf-8").splitlines())
    check_functions(code)
    print("\n".join(faults) if faults else f"rules: {len(code)} files, ok")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
