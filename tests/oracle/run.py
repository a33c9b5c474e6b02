"""Judges a journal: NDJSON in, NDJSON out.

    python3 tests/oracle/run.py --catalogue DIR --journal FILE.ndjson
    python3 tests/oracle/run.py --seed 7

One line per change as it comes ({"change": {...}}), then one per status
({"row": {...}}). --seed makes its own catalogue and journal instead.
"""
import argparse
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from oracle import Oracle, catalogue, generate  # noqa: E402


def journal(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--catalogue", metavar="DIR")
    parser.add_argument("--journal", metavar="FILE")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--plain", action="store_true",
                        help="judge everything again after every record")
    args = parser.parse_args()
    if args.seed is not None:
        case = generate.Case(args.seed)
        files, records = case.files, case.records()
    elif args.catalogue and args.journal:
        files = catalogue.read(args.catalogue)
        records = journal(args.journal)
    else:
        parser.error("give --catalogue and --journal, or --seed")
    oracle = Oracle(files, restrict=not args.plain)
    for record in records:
        for change in oracle.apply(record):
            print(json.dumps({"change": change}, ensure_ascii=False))
    for (target, year, unit), row in oracle.statuses().items():
        row = dict(row, target=target, year=year, unit=unit)
        print(json.dumps({"row": row}, ensure_ascii=False))


if __name__ == "__main__":
    main()
