#!/usr/bin/python3
"""Holds the demo against the yearly report for 2024: each status must be what
the report itself concludes, each status that turned red must be named in
exactly one notice, and the report's numbers that contradict each other must be
those that `check figures` shows. Prints the notices, where else the report
contradicts itself, and what is missing. Ends non-zero if anything is not as it should be.
  demo_check.py NOTICES.jsonl"""
import csv
import json
import pathlib
import subprocess
import sys
import time

DEMO = pathlib.Path(__file__).resolve().parent.parent / "deploy" / "demo"
PATIENCE_S = 20


def rows(name):
    with open(DEMO / name, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter=";"))


def ask(*words):
    said = subprocess.run(["maalvakt", *words, "--json"], check=False,
                          capture_output=True, text=True)
    if said.returncode not in (0, 1):       # 1: the answer is no
        sys.exit(said.stderr)
    return [json.loads(line) for line in said.stdout.splitlines()]


def statuses():
    years = sorted({r["year"] for r in rows("expected.csv")})
    return {(r.get("target") or r["commission"], str(r["year"]), r["unit"]): r
            for year in years for r in ask("status", "--year", year)}


def expected():
    """By figures alone; then what persons stated, and of commissions."""
    all_rows = {(r["target"], r["year"], r["unit"]): r
                for r in rows("expected.csv")}
    all_rows |= {(r["id"], r["year"], r["unit"]): r
                 for r in rows("expected-stated.csv")}
    return all_rows


def notices(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.endswith("\n")]


def named_red(path):
    """(target, year, unit) -> how many notices said that it turned red."""
    named = {}
    for notice in notices(path):
        for change in notice.get("changes", []):
            if change["status"] == "red" and "target" in change:
                key = (change["target"], str(change["year"]),
                       change["unit"])
                named[key] = named.get(key, 0) + 1
    return named


def check_statuses(got):
    wrong = []
    for key, want in expected().items():
        row = got.get(key, {"status": "missing", "reason": ""})
        have = f"{row['status']} {row['reason']}".strip()
        if have != want["status"]:
            wrong.append(f"{' '.join(key)}: {have}, but the report says "
                         f"{want['status']} ({want['where']})")
    return wrong + [f"{' '.join(key)}: nothing says what it should be"
                    for key in sorted(set(got) - set(expected()))]


def check_notices(path, got):
    # a commission was overdue before anybody subscribed
    red = {k for k, r in got.items() if r["status"] == "red" and "target" in r}
    until = time.monotonic() + PATIENCE_S
    while set(named_red(path)) < red and time.monotonic() < until:
        time.sleep(0.05)
    named = named_red(path)
    wrong = [f"{' '.join(key)}: red, and no notice says so"
             for key in sorted(red - set(named))]
    wrong += [f"{' '.join(key)}: named in {n} notices"
              for key, n in sorted(named.items()) if n != 1]
    wrong += [f"{' '.join(key)}: a notice says red, but it is not"
              for key in sorted(set(named) - red)]
    return wrong


def check_contradictions():
    """Both numbers of each, as `check figures` shows them."""
    want = {tuple(r["check"].split()): {r["value1"], r["value2"]}
            for r in rows("contradictions.csv") if r["check"]}
    have = {}
    for year in sorted({period[:4] for *_, period in want}):
        for row in ask("check", "figures", "--year", year, "--sure"):
            if row["what"] == "disagreement":
                key = row["indicator"], row["unit"], row["period"]
                have.setdefault(key, set()).update(
                    (row["stated"], row["made"]))
    return [f"{' '.join(key)}: check figures shows "
            f"{sorted(have.get(key, ()))}, the report has "
            f"{sorted(want.get(key, ()))}"
            for key in sorted(set(want) | set(have))
            if have.get(key) != want.get(key)]


def print_notices(path):
    for notice in notices(path):
        text = notice.get("text", {})
        print(f"Varsel {notice['number']}: {text.get('nb', '').strip()}\n")


def check_forms(got):
    """Of 24 forms of cancer the report names 2, both red; none is made up."""
    row = got.get(("1510", "2024", "hso"), {})
    have = row.get("parts", 0), row.get("parts_none", 0), row.get("status")
    return [] if have == (24, 22, "red") else [
        f"1510: {have} of forms, without figures, and status"]


def print_forms(got):
    row = got.get(("1510", "2024", "hso"))
    if row is None:
        return
    without = row["parts_none"]
    print(f"Pakkeforløp for kreft: rapporten nevner 2 av de {row['parts']} "
          "kreftformene, begge røde, og sier at 8 er innfridd uten å si "
          f"hvilke.\nHer er de {row['parts'] - without} dømt; {without} "
          "mangler tall, og ingen er diktet opp.\n")


def main():
    path = sys.argv[1]
    got = statuses()
    wrong = check_statuses(got) + check_notices(path, got) + \
        check_forms(got) + check_contradictions()
    print_notices(path)
    print_forms(got)
    print("Der rapporten ellers motsier seg selv:")
    for c in rows("contradictions.csv"):
        if not c["check"]:
            print(f"  {c['what']}: {c['value1']} ({c['where1']}), men "
                  f"{c['value2']} ({c['where2']}). Brukt: {c['used']}")
    red = sum(r["status"] == "red" and "target" in r for r in got.values())
    print(f"\n{len(expected())} statuser holdt mot rapporten, "
          f"{red} mål er røde, hvert i nøyaktig ett varsel." if not wrong else
          "\nIkke som det skal være:\n  " + "\n  ".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
