"""The language of `require`, `yellow` and `formula`: text to a tree.

A tree is made of Number, Limit, Term, Share, Path, Sign, Binary and Call;
what it means is figures.py's. New terms are new names in TERMS.
"""
import re
from collections import namedtuple

from oracle import decimals, period

Number = namedtuple("Number", "n type")
Limit = namedtuple("Limit", "")
# when: None, -1, 2019 or a Period; per: of a rate, how many inhabitants
Term = namedtuple("Term", "name ref when per", defaults=(None,))
Share = namedtuple("Share", "left op right")
Path = namedtuple("Path", "start at end to")   # at, to: years or Periods
Sign = namedtuple("Sign", "of")
Binary = namedtuple("Binary", "op left right")
Call = namedtuple("Call", "name args")
Criterion = namedtuple("Criterion", "text each left op right")

TERMS = ("value", "latest", "growth", "rate", "lowest", "highest", "spread")
OF_CHILDREN = ("lowest", "highest", "spread")
CALLS = ("min", "max", "abs")
COMPARISONS = ("<=", ">=", "<", ">", "=")
TOKEN = re.compile(
    r"\s*(?:(?P<period>[0-9]{4}-(?:[STQ][0-9]|[MW][0-9]{2}|"
    r"[0-9]{2}-[0-9]{2}(?:/P[0-9]+M)?))"
    r'|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<string>"[^"]*")'
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<sign><=|>=|[-<>=+*/(),:%]))")
EACH = re.compile(r"\s*each\s+([a-z0-9][a-z0-9._-]*)\s*:(.*)", re.S)


class BadText(ValueError):
    """Not in the language."""


def unit_type(word):
    """The type that a unit word stands for."""
    if word in ("%", "percent", "percent_change"):
        return "percent"
    return {"day": "days"}.get(word, word)


class Parser:
    def __init__(self, text):
        self.tokens, at = [], 0
        text = text.rstrip()
        while at < len(text):
            found = TOKEN.match(text, at)
            if not found:
                raise BadText(f"not understood at: {text[at:]}")
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        self.tokens.append(("end", ""))
        self.at = 0

    def peek(self):
        return self.tokens[self.at]

    def take(self, *wanted):
        kind, text = self.peek()
        if wanted and text not in wanted:
            raise BadText(f"expected {wanted}, found {text!r}")
        self.at += 1
        return kind, text

    def chain(self, operators, below):
        left = below()
        while self.peek()[1] in operators and self.peek()[0] == "sign":
            op = self.take()[1]
            left = Binary(op, left, below())
        return left

    def sum(self):
        return self.chain("+-", self.product)

    def product(self):
        return self.chain("*/", self.factor)

    def factor(self):
        kind, text = self.take()
        if text == "-" and kind == "sign":
            return Sign(self.factor())
        if text == "(" and kind == "sign":
            inner = self.sum()
            self.take(")")
            return inner
        if kind == "number":
            return self.number(text)
        if kind == "string":
            return Term("value", reference(text), None)
        if kind == "name":
            return self.named(text)
        raise BadText(f"unexpected {text!r}")

    def number(self, text):
        kind, unit = self.peek()
        if kind == "name" or unit == "%":
            self.take()
            return Number(decimals.literal(text), unit_type(unit))
        return Number(decimals.literal(text), "number")

    def named(self, name):
        if name == "limit":
            return Limit()
        if name in CALLS:
            self.take("(")
            args = [self.sum()]
            while self.peek()[1] == ",":
                self.take()
                args.append(self.sum())
            self.take(")")
            return Call(name, tuple(args))
        if name == "share":
            return self.share()
        if name == "path":
            return self.path()
        if name not in TERMS:
            raise BadText(f"unknown name {name}")
        term = self.arguments(name)
        if name == "growth" and term.when is None:
            raise BadText("growth needs a year")
        if name == "rate" and term.per is None:
            raise BadText("rate needs a number of inhabitants")
        if name == "latest" and isinstance(term.when, period.Period):
            return term._replace(name="value")
        return term

    def arguments(self, name):
        """("other/member", per, year): each may be left out."""
        ref = when = per = None
        if self.peek()[1] != "(":
            return Term(name, ref, when, per)
        self.take("(")
        if self.peek()[0] == "string":
            ref = reference(self.take()[1])
            if self.peek()[1] == ",":
                self.take()
        if name == "rate":
            per = self.year()
            if self.peek()[1] == ",":
                self.take()
        if self.peek()[1] != ")":
            when = self.year()
        self.take(")")
        return Term(name, ref, when, per)

    def share(self):
        self.take("(")
        self.take("units")
        self.take(":")
        left = self.sum()
        op = self.take(*COMPARISONS)[1]
        right = self.sum()
        self.take(")")
        return Share(left, op, right)

    def path(self):
        self.take("(")
        start = self.sum()
        self.take(",")
        at = self.year()
        self.take(",")
        end = self.sum()
        self.take(",")
        to = self.year()
        self.take(")")
        return Path(start, at, end, to)

    def year(self):
        if self.peek()[0] == "period":
            try:
                return period.parse(self.take()[1])
            except period.BadPeriod as fault:
                raise BadText(f"no such period: {fault}") from fault
        sign = -1 if self.peek()[1] == "-" else 1
        if sign < 0:
            self.take("-")
        kind, text = self.take()
        if kind != "number" or "." in text:
            raise BadText(f"not a year: {text}")
        return sign * int(text)


def criterion(text):
    each, body = None, text
    found = EACH.fullmatch(text)
    if found:
        each, body = found.groups()
    parser = Parser(body)
    left = parser.sum()
    op = parser.take(*COMPARISONS)[1]
    right = parser.sum()
    if parser.peek()[0] != "end":
        raise BadText(f"left over: {parser.peek()[1]}")
    return Criterion(text, each, left, op, right)


def reference(text):
    name, _, member = text.strip('"').partition("/")
    return (name, member or None)


def formula(text):
    parser = Parser(text)
    found = parser.sum()
    if parser.peek()[0] != "end":
        raise BadText(f"left over: {parser.peek()[1]}")
    return found


def number(text):
    """A limit: a number with its unit, perhaps negative."""
    parser = Parser(str(text))
    found = parser.factor()
    sign = 1
    if isinstance(found, Sign):
        found, sign = found.of, -1
    if not isinstance(found, Number) or parser.peek()[0] != "end":
        raise BadText(f"not a number: {text}")
    return Number(sign * found.n, found.type)


def below(tree):
    """The trees that a tree is made of."""
    if isinstance(tree, Sign):
        return [tree.of]
    if isinstance(tree, (Binary, Share)):
        return [tree.left, tree.right]
    if isinstance(tree, Path):
        return [tree.start, tree.end]
    return list(tree.args) if isinstance(tree, Call) else []


def terms(tree):
    """Every Term in a tree, in the order of the text."""
    if isinstance(tree, Term):
        return [tree]
    return [term for one in below(tree) for term in terms(one)]


def holds(tree, kind):
    """Whether such a thing stands anywhere in the tree."""
    return isinstance(tree, kind) or any(
        holds(one, kind) for one in below(tree))
