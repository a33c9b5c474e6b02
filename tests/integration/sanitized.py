"""Runs a test in a build with sanitizers; red if one found anything.

    MV_BUILD=.../.build/asan sanitized.py test_ingest.py -v

A test may wait for a program to end, throw away what it said, or ask for a
refusal: so each report goes to a file of its own, whichever program it is of,
the services, the command line or what `up` started, and every one is shown.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

NAMES = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
# what is freed and kept for a while is within what a test allows for it
KEPT = "quarantine_size_mb=64"


def main():
    with tempfile.TemporaryDirectory(prefix="mv-sanitized-") as directory:
        env = dict(os.environ)
        for name in NAMES:
            env[name] = ":".join([
                *([env[name]] if name in env else []),
                f"log_path={directory}/report", "print_stacktrace=1", KEPT])
        code = subprocess.run(
            [sys.executable, "-B", *sys.argv[1:]], env=env, check=False
        ).returncode
        found = sorted(pathlib.Path(directory).iterdir())
        for report in found:
            print(report.read_text(encoding="utf-8", errors="replace"))
        if found:
            print(f"FAIL: sanitizers: {len(found)} reports")
        return 1 if found else code


if __name__ == "__main__":
    sys.exit(main())
