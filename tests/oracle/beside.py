"""The library of judging beside the oracle, without any service: many
worlds in little time. What only a service does is not seen here.

    python3 tests/oracle/beside.py .build/dev/tests/main_judge FROM TO
    python3 tests/oracle/beside.py PROGRAM FROM TO --constructs rate,share
"""
import argparse
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from oracle import Oracle, constructs, decimals  # noqa: E402
from oracle.model import plain  # noqa: E402

NAMES = ("units.yaml", "indicators.yaml", "targets.yaml")
OVERDUE_MAX = 400         # the first of them are named
COUNTS = ("periods", "of_periods", "units", "of_units")
SAID = ("status", "reason", "value", "limit", "margin", "needed",
        "needed_is", "needed_of", "needed_why")


def lines(record, files):
    """What main_judge reads for one record."""
    kind, content = record["kind"], record["content"]
    if kind == "catalogue":
        for at, name in enumerate(NAMES):
            text = files[name].encode()
            yield f"F {at} {len(text)}\n".encode() + text
        yield b"C\n"
    elif kind == "clock":
        yield f"K {content['day']}\n".encode()
    elif kind in ("delivery", "withdrawal"):
        for number, cells in enumerate(content["rows"]):
            row = dict(zip(content["fields"], cells))
            yield line(record, number, row, kind == "withdrawal").encode()
        yield b"E\n"


def line(record, number, row, withdrawn):
    held, a, b = 0, 0, 0
    if withdrawn:
        pass
    elif row.get("numerator") is not None:
        held, a, b = 2, *(decimals.micro(row[name]) for name in (
            "numerator", "denominator"))
    elif row.get("value") is not None:
        held, a = 1, decimals.micro(row["value"])
    time = row.get("time")
    cells = ("R", row["indicator"], row["unit"], row.get("member") or "",
             row["period"], held, a, b, row.get("flag") or "",
             record["received_ms"] if time is None else time,
             record["seq"], number, int(withdrawn))
    return "\t".join(map(str, cells)) + "\n"


def parsed(text):
    """One J line: key, status, criteria, which are not told."""
    parts = [part.strip("\t").split("\t") for part in text.split("|")]
    _, target, year, unit = parts[0][:4]
    read = [dict(cell.split("=", 1) for cell in part if "=" in cell)
            for part in [parts[0][4:]] + parts[1:]]
    told, = (at for at, one in enumerate(read) if "hidden" in one)
    return (target, int(year), unit), read[0], read[1:told], \
        read[told]["hidden"], read[told + 1:]


def words(one):
    return {name: one[name] for name in SAID if one.get(name) is not None}


def expected(status):
    found = words({name: status[name] for name in ("status", "reason")})
    found["preliminary"] = str(int(status["preliminary"]))
    found["overdue"] = ",".join(status["overdue"][:OVERDUE_MAX])
    return found, expected_criteria(status["criteria"])


def expected_criteria(criteria):
    found = []
    for one in criteria:
        shown = words(one)
        if one["status"] != "none":
            shown.update(
                names=",".join(one["basis"]["names"]),
                **{name: str(one["basis"][name]) for name in COUNTS},
                forecast=str(int("forecast" in one)),
                whole_base=str(int(one["whole_base"])),
                preliminary=str(int(one["preliminary"])))
        found.append(shown)
    return found


def expected_aim(oracle, target, unit):
    return expected_criteria(plain({"criteria": oracle.judge.aim(
        target, unit, oracle.journal.today)})["criteria"])


def expected_hidden(oracle, target, key, status):
    """The criteria of which no number is sent; +: nor the limit."""
    return "".join(
        f"{at}{'' if 'limit' in one else '+'},"
        for at, one in enumerate(oracle.judge.told(
            target, key[2], status)["criteria"]) if one.get("hidden"))


def expected_all(oracle, key, status):
    target, = (one for one in oracle.catalogue.targets
               if (one.id, one.year) == key[:2])
    return (*expected(status), expected_hidden(oracle, target, key, status),
            expected_aim(oracle, target, key[2]))


def seen(status, criteria, hidden, aim):
    for one in [status] + criteria + aim:
        one.pop("out", None)
        if not one.get("reason"):
            one.pop("reason", None)
    return status, criteria, hidden, aim


def difference(program, case):
    """None, or the first thing in which they differ."""
    records = case.records()
    text = b"".join(one for record in records
                    for one in lines(record, case.files))
    run = subprocess.run([program], input=text, capture_output=True,
                         check=False)
    if run.returncode:
        return f"{program}: {run.returncode}: {run.stderr.decode()[:2000]}"
    out = iter(run.stdout.decode().splitlines())
    oracle = Oracle(case.files)
    for record in records:
        changes = oracle.apply(record)
        changed = {(one["target"], one["year"], one["unit"])
                   for one in changes}
        statuses = oracle.statuses()
        for text in out:
            if text == ".":
                break
            key, *found = parsed(text)
            changed.discard(key)
            wanted = expected_all(oracle, key, statuses[key])
            found = seen(*found)
            if found != wanted:
                return (f"record {record['seq']} {key}:\n  oracle  {wanted}"
                        f"\n  library {found}")
        if changed:
            return f"record {record['seq']}: not judged again: {changed}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--constructs")
    args = parser.parse_args()
    names = constructs.CONSTRUCTS
    if args.constructs is not None:
        names = tuple(filter(None, args.constructs.split(",")))
    wrong = 0
    for seed in range(args.first, args.last):
        found = difference(args.program,
                           constructs.Whole(seed, constructs=names))
        if found:
            wrong += 1
            print(f"seed {seed}: {found}", flush=True)
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
