"""What a random case makes use of, as words, so that a test can ask whether
each is ever made.

    uses(case)          # {"targets.aim", "combine: whole", "lowest at year",
                        #  'lowest of "o/m"', "path between days", ...}
    of_language(), of_words(), of_manual()      # what there is to be
"""
import pathlib
import re

import yaml

from oracle import language
from oracle.catalogue import FILES, LOADER
from oracle.generate import milliseconds
from oracle.period import Period, parse

MANUAL = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "man" / \
    "maalvakt-catalogue.5"
# a word of these is told by itself: what it may be is all written down
WORDS = {
    "measure": "percent days count nok points pp percent_change "
               "ddd_per_100_bed_days",
    "frequency": "A S A_3 Q M W D", "better": "higher lower none",
    "over_periods": "sum mean ratio last", "over_units": "sum ratio none",
    "total": "sum ratio none", "by": "trust region",
    "combine": "part whole", "compare": "exact displayed",
    "forecast": "none recent seasonal",
    "state": "report_only under_development",
    "decides": "figures assessment worst", "part": "false", "ahead": "true",
    "whole": "true"}
SERIES, WHENS = ("", '"o"', '"o/m"'), ("", "-1", "year", "period")
OPERATORS = "+-*/"


def trees(case, name):
    found = yaml.load(case.files[name], LOADER) or {}
    return found.get(name.removesuffix(".yaml")) or []


def uses(case):
    found = set()
    for name in FILES:
        for one in trees(case, name):
            found |= _keys(name.removesuffix(".yaml"), one)
    indicators = {one["id"]: one for one in trees(case, "indicators.yaml")}
    for one in indicators.values():
        found |= _of_indicator(one)
    for one in trees(case, "targets.yaml"):
        found |= _of_target(one)
    for step in case.steps:
        found |= _of_step(step, indicators)
    return found


def _keys(what, tree):
    found = {f"{what}.{key}" for key in tree}
    for key, words in WORDS.items():
        word = re.match(r"[a-z0-9_]*", str(tree.get(key, "")), re.I)[0]
        if key in tree and word in words.split():
            found.add(f"{key}: {word}")
    return found


def _of_indicator(tree):
    found = set()
    if "dimension" in tree:
        found.add(f"total: {tree['dimension']['total']}")
        if any("." in name for name in tree["dimension"]["members"]):
            found.add("crossed members")
    if "formula" in tree:
        formula = language.formula(tree["formula"])
        found |= {f"formula {word}" for word in _tree(formula)}
    if "due" in tree:
        found.add("due: days" if tree["due"].endswith(" d") else "due: date")
    return found


def _of_target(tree):
    found, kinds = set(), {"region", "trust", "hospital"}
    if not kinds & set(tree["scope"]):
        found.add("scope of units")
    if "indicator" not in tree and "require" in tree:
        found.add("no indicator, but criteria")
    if "require" not in tree and "state" not in tree:
        found.add("no criteria")
    for limit in tree.get("limits", {}).values():
        found.add("limits of each" if isinstance(limit, dict) else "limits")
    for key in ("require", "yellow", "aim"):
        for text in tree.get(key, ()):
            one = language.criterion(text)
            found |= {f"each, of {key}"} if one.each else set()
            found |= {one.op} | _tree(one.left) | _tree(one.right)
            if key == "aim":
                found |= {f"aim: {term.name}" for side in (one.left, one.right)
                          for term in language.terms(side)}
    return found


def _tree(tree):
    """What a tree is made of, each by a word."""
    found = set()
    for one in language.below(tree):
        found |= _tree(one)
    if isinstance(tree, language.Term):
        found |= term_words(tree)
    elif isinstance(tree, language.Share):
        inner = {word for one in language.below(tree) for word in _tree(one)}
        return {f"share: {word}" for word in inner} | {"share"}
    elif isinstance(tree, language.Path):
        days = isinstance(tree.at, Period)
        found.add("path between days" if days else "path")
    elif isinstance(tree, language.Binary):
        found.add(tree.op)
    elif isinstance(tree, language.Call):
        found.add(tree.name)
    elif isinstance(tree, (language.Sign, language.Limit)):
        found.add(type(tree).__name__.lower())
    return found


def term_words(term):
    """Of which series it is, and when."""
    ref, when = term.ref, term.when
    series = "" if ref is None else '"o/m"' if ref[1] else '"o"'
    year = "" if when is None else "period" if isinstance(when, Period) \
        else "year" if when > 0 else "-1"
    return {f"{term.name} of {series}", f"{term.name} at {year}"}


def _of_step(step, indicators):
    found = {f"a {step['do']}"} | (
        {"a duplicate"} if step.get("repeat") else set())
    for cells in step.get("rows", ()):
        row = dict(zip(step["fields"], cells))
        tree, at = indicators[row["indicator"]], parse(row["period"])
        if milliseconds(at.last) > step["received_ms"]:
            found.add("a figure ahead")
        found.add(f"flag {row.get('flag')}")
        if row.get("member") is None and "dimension" in tree:
            found.add("a total pushed")
    return found


def of_language():
    """Every term that a criterion may hold, and what stands between."""
    found = {f"{name} {of}" for name in language.TERMS
             for of in (*(f"of {one}" for one in SERIES),
                        *(f"at {one}" for one in WHENS))}
    found -= {"growth at ", "latest at period"}     # none such; `value`
    found |= {f"share: {word}" for word in found
              if not word.startswith(language.OF_CHILDREN)}
    return found | {"share", "share: limit", "path", "path between days",
                    "limit", "sign", *OPERATORS, *language.CALLS,
                    *language.COMPARISONS, "each, of require", "each, of aim",
                    *(f"aim: {name}" for name in language.TERMS),
                    *(f"formula {one}" for one in "+-*/"), "formula max",
                    'formula value of "o/m"'}


def of_words():
    """Of the keys of a catalogue, but what persons state."""
    return {f"{key}: {word}" for key, words in WORDS.items()
            for word in words.split() if key != "decides"} | {
        "crossed members", "due: days", "due: date", "scope of units",
        "no indicator, but criteria", "limits", "limits of each",
        "a figure ahead", "a total pushed", "a delivery", "a withdrawal",
        "a duplicate", *(f"flag {one}" for one in "APEBOMLQ"), "flag None"}


def of_manual():
    """Every key that the manual page names, as `targets.aim`."""
    what, found = None, set()
    for line in MANUAL.read_text(encoding="utf-8").splitlines():
        if line.startswith((".Ss ", ".Sh ")):
            what = line[4:].removesuffix(".yaml")
        elif line.startswith(".It ") and f"{what}.yaml" in FILES:
            found |= {f"{what}.{key}" for key in
                      re.findall(r"\b[a-z_]+\b", line[4:])}
    return found
