"""The language of `require` and `yellow`: text to a tree.

A tree is made of Number, Limit, Term, Sign, Binary and Call; what it means
is judge.py's. New terms are new names in TERMS.
"""
import re
from collections import namedtuple

from oracle import decimals

Number = namedtuple("Number", "n type")
Limit = namedtuple("Limit", "")
Term = namedtuple("Term", "name ref when")     # when: None, -1, 2019
Sign = namedtuple("Sign", "of")
Binary = namedtuple("Binary", "op left right")
Call = namedtuple("Call", "name args")
Criterion = namedtuple("Criterion", "text each left op right")

TERMS = ("value", "latest", "growth")
CALLS = ("min", "max", "abs")
COMPARISONS = ("<=", ">=", "<", ">", "=")
TOKEN = re.compile(
    r'\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<string>"[^"]*")'
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<sign><=|>=|[-<>=+*/(),%]))")
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
        if name not in TERMS:
            raise BadText(f"unknown name {name}")
        ref, when = self.arguments()
        if name == "growth" and when is None:
            raise BadText("growth needs a year")
        return Term(name, ref, when)

    def arguments(self):
        """("other/member", year): both may be left out."""
        ref = when = None
        if self.peek()[1] != "(":
            return ref, when
        self.take("(")
        if self.peek()[0] == "string":
            name, _, member = self.take()[1].strip('"').partition("/")
            ref = (name, member or None)
            if self.peek()[1] == ",":
                self.take()
        if self.peek()[1] != ")":
            when = self.year()
        self.take(")")
        return ref, when

    def year(self):
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


def terms(tree):
    """Every Term in a tree."""
    if isinstance(tree, Term):
        return [tree]
    if isinstance(tree, Sign):
        return terms(tree.of)
    if isinstance(tree, Binary):
        return terms(tree.left) + terms(tree.right)
    if isinstance(tree, Call):
        return [term for arg in tree.args for term in terms(arg)]
    return []
