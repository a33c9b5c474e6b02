"""Steps 4 to 6: criteria to colours, colours to a status."""
import operator
from collections import namedtuple
from fractions import Fraction

from oracle import decimals, language
from oracle.decimals import Nothing, first_reason
from oracle.series import Node

Num = namedtuple("Num", "n type exact constant")    # exact: Fraction
HOLDS = {"<": operator.lt, "<=": operator.le, ">": operator.gt,
         ">=": operator.ge, "=": operator.eq}
MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
WORST = ("red", "yellow", "green", "none")


class Figures:
    """The terms of one criterion for one unit and member, each as a Value
    of the year it names."""

    def __init__(self, series, target, unit, member, today):
        self.series, self.target, self.unit = series, target, unit
        self.member, self.today = member, today
        self.values, self.used, self.nodes = {}, [], []
        self.reasons, self.late, self.left_out = set(), set(), []

    def node(self, term):
        if term.ref:
            return Node(term.ref[0], self.unit, term.ref[1])
        return Node(self.target.indicator, self.unit, self.member)

    def year(self, term):
        when = term.when
        if when is None:
            return self.target.year
        return self.target.year + when if when < 0 else when

    def gather(self, criterion):
        groups = {}
        for side in (criterion.left, criterion.right):
            for term in language.terms(side):
                key = (term.name, self.node(term))
                if term.name == "growth":
                    key += (self.year(term),)
                groups.setdefault(key, []).append(term)
        for key, terms in groups.items():
            self._group(key[0], key[1], terms)
        for side in (criterion.left, criterion.right):
            if self._wants_limit(side) and self.target.limit(
                    self.unit, self.member) is None:
                self.reasons.add("no_limit")

    def _wants_limit(self, tree):
        if isinstance(tree, language.Limit):
            return True
        if isinstance(tree, (language.Term, language.Number)):
            return False
        inner = (tree.args if isinstance(tree, language.Call)
                 else [tree.of] if isinstance(tree, language.Sign)
                 else [tree.left, tree.right])
        return any(self._wants_limit(one) for one in inner)

    def _group(self, name, node, terms):
        now = self.target.year
        years = [now] + [self.year(term) for term in terms]
        if node not in self.nodes:
            self.nodes.append(node)
        try:
            within = None
            if name == "latest":
                within = self.series.latest(node, now)
            found = self.series.compare(node, years, within)
        except Nothing as fault:
            self.reasons |= fault.reasons
            if self.series.parts(node, now) is None:
                self._nothing_now(node)
            return
        for year, value in found.items():
            self._check(node, value)
            self.values[name, node, year, years[-1]
                        if name == "growth" else None] = value
            self.used.append((node, year, value))

    def _nothing_now(self, node):
        late = self.series.overdue(node, self.target.year, self.today)
        self.late |= set(late)
        self.reasons.add("overdue" if late else "not_due")

    def _check(self, node, value):
        indicator = self.series.indicator(node)
        lowest = indicator.min_denominator
        if lowest is not None and value.pair and value.pair[1] < lowest:
            self.reasons.add("suppressed")
        if value.reason:
            self.reasons.add(value.reason)

    # what a tree is worth --------------------------------------------

    def worth(self, tree):
        if isinstance(tree, language.Number):
            return Num(decimals.checked(tree.n), tree.type, None, True)
        if isinstance(tree, language.Limit):
            found = self.target.limit(self.unit, self.member)
            return Num(found.n, found.type, None, True)
        if isinstance(tree, language.Term):
            return self._term(tree)
        if isinstance(tree, language.Sign):
            inner = self.worth(tree.of)
            return Num(-inner.n, inner.type, None, inner.constant)
        if isinstance(tree, language.Call):
            return self._call(tree)
        return self._binary(tree)

    def _term(self, term):
        node, now = self.node(term), self.target.year
        indicator, year = self.series.indicator(node), self.year(term)
        if term.name == "growth":
            value = self.values["growth", node, now, year]
            base = self.values["growth", node, year, year]
            above = value.number(indicator.factor)
            below = base.number(indicator.factor)
            if below <= 0:
                raise Nothing("no_base")
            n = decimals.quotient(above * 100, below)
            return Num(decimals.checked(n - 100 * decimals.SCALE),
                       "percent", None, False)
        value = self.values[term.name, node, year, None]
        exact = None
        if value.is_pair:
            exact = Fraction(value.pair[0] * indicator.factor,
                             value.pair[1])
        return Num(value.number(indicator.factor), indicator.type, exact,
                   False)

    def _call(self, call):
        args = [self.worth(arg) for arg in call.args]
        constant = all(arg.constant for arg in args)
        if call.name == "abs":
            return Num(abs(args[0].n), args[0].type, None, constant)
        pick = {"min": min, "max": max}[call.name]
        return Num(pick(arg.n for arg in args), args[0].type, None,
                   constant)

    def _binary(self, tree):
        left, right = self.worth(tree.left), self.worth(tree.right)
        constant = left.constant and right.constant
        if tree.op in "+-":
            n = left.n + right.n if tree.op == "+" else left.n - right.n
            kind = left.type
            if tree.op == "-" and left.type == right.type == "percent":
                kind = "pp"
            elif left.type == "pp" and right.type == "percent":
                kind = "percent"
            return Num(decimals.checked(n), kind, None, constant)
        if tree.op == "*":
            return Num(*product(left, right), None, constant)
        return Num(*ratio(left, right), None, constant)


def product(left, right):
    if right.type == "number":
        return decimals.times(left.n, right.n), left.type
    if left.type == "number":
        return decimals.times(left.n, right.n), right.type
    kind = left.type if right.type == "percent" else right.type
    return decimals.times(left.n, right.n, 100), kind


def ratio(left, right):
    if right.type == "number":
        return decimals.quotient(left.n, right.n), left.type
    kind = "percent" if left.type == right.type else left.type
    return decimals.quotient(left.n * 100, right.n), kind


def margin(op, left, right):
    if op in (">", ">="):
        return decimals.checked(left - right)
    if op in ("<", "<="):
        return decimals.checked(right - left)
    return -abs(decimals.checked(left - right))


class Judge:
    def __init__(self, catalogue, series):
        self.catalogue, self.series = catalogue, series

    def status(self, target, unit, today):
        """The whole status of a target, its year and a unit."""
        if target.state:
            return self._none(target.state)
        if not target.require:
            return self._none("not_assessed")
        lines = [self._line(target, at, unit, today)
                 for at in range(len(target.require))]
        return combine_lines(target, lines)

    @staticmethod
    def _none(reason):
        return {"status": "none", "reason": reason, "criteria": [],
                "preliminary": False, "overdue": []}

    def _line(self, target, at, unit, today):
        require = target.require[at]
        yellow = target.yellow[at] if at < len(target.yellow) else None
        members = [None]
        if require.each:
            members = self.catalogue.indicators[target.indicator].members
        return [self._criterion(target, at, (require, yellow), unit,
                                member, today) for member in members]

    def _criterion(self, target, at, pair, unit, member, today):
        require, yellow = pair
        figures = Figures(self.series, target, unit, member, today)
        found = {"line": at, "text": require.text, "member": member,
                 "status": "none", "reason": None, "preliminary": False,
                 "left_out": [], "late": []}
        try:
            left, right = self._sides(figures, require)
            found.update(self._numbers(target, require, left, right))
            if self._holds(target, require.op, left, right):
                found["status"] = "green"
            elif yellow is not None:
                sides = self._sides(figures, yellow)
                holds = self._holds(target, yellow.op, *sides)
                found["status"] = "yellow" if holds else "red"
            else:
                found["status"] = "red"
            self._explain(found, figures, require, left, right)
        except Nothing as fault:
            found["status"] = "none"
            found["reason"] = first_reason(fault.reasons)
            for name in ("value", "limit", "margin"):
                found.pop(name, None)
            if found["reason"] == "overdue":
                found["late"] = sorted(figures.late, key=by_time)
        return found

    @staticmethod
    def _sides(figures, criterion):
        figures.values = {}
        figures.reasons = set()
        figures.gather(criterion)
        if figures.reasons:
            raise Nothing(*figures.reasons)
        return (figures.worth(criterion.left),
                figures.worth(criterion.right))

    def _rounding(self, target):
        if target.compare != "displayed":
            return None
        return self.catalogue.indicators[target.indicator].decimals

    def _holds(self, target, op, left, right):
        places = self._rounding(target)
        if places is not None:
            return HOLDS[op](*(shown(side, places)
                               for side in (left, right)))
        if left.exact is not None and right.constant:
            return HOLDS[op](left.exact,
                             Fraction(right.n, decimals.SCALE))
        if right.exact is not None and left.constant:
            return HOLDS[op](Fraction(left.n, decimals.SCALE),
                             right.exact)
        return HOLDS[op](left.n, right.n)

    def _numbers(self, target, criterion, left, right):
        places = self._rounding(target)
        sides = [left.n, right.n]
        if places is not None:
            sides = [shown(side, places) for side in (left, right)]
        return {"value": sides[0], "limit": sides[1],
                "margin": margin(criterion.op, *sides)}

    def _explain(self, found, figures, require, left, right):
        target, late = figures.target, set()
        for node in figures.nodes:
            late |= set(self.series.overdue(node, target.year,
                                            figures.today))
        found["late"] = sorted(late, key=by_time)
        used = [value for _, _, value in figures.used]
        found["preliminary"] = any(value.preliminary for value in used)
        out = [name for value in used for name in value.left_out]
        found["left_out"] = list(dict.fromkeys(out))
        found["whole_base"] = any(value.whole_base for value in used)
        found["basis"] = self._basis(figures)
        needed = self._needed(figures, require, left, right)
        if needed is not None:
            found["needed"] = needed

    @staticmethod
    def _basis(figures):
        now = [value for _, year, value in figures.used
               if year == figures.target.year]
        periods = {v.period for value in now for _, v in value.figures}
        return {"periods": [p.name for p in sorted(
                    periods, key=lambda p: p.key)],
                "units": now[0].units_in if now else 0,
                "of": now[0].units_of if now else 0}

    def _needed(self, figures, require, left, right):
        own, op = left, require.op
        if is_own_value(require.right) and left.constant:
            own, op, right = right, MIRROR[op], left
        elif not (is_own_value(require.left) and right.constant):
            return None
        node, year = figures.nodes[0], figures.target.year
        indicator = self.series.indicator(node)
        held = self.series.held(node, year)
        missing = len(self.series.missing(node, year))
        if held is None or not missing:
            return None         # nothing to ask for, or no one answer
        wanted = wanted_average(indicator.over_periods, own.n, right.n,
                                held, missing)
        return "impossible" if beyond(wanted, op, indicator) else wanted


def is_own_value(tree):
    return (isinstance(tree, language.Term) and tree.name == "value"
            and tree.ref is None and tree.when is None)


def wanted_average(how, value, limit, held, missing):
    if how == "last":
        return limit
    if how == "sum":
        above = limit - value
    else:
        above = decimals.checked(limit * (held + missing)) \
            - decimals.checked(value * held)
    return decimals.quotient(decimals.checked(above),
                             missing * decimals.SCALE)


def beyond(wanted, op, indicator):
    """Whether no figure in the indicator's range can bring it."""
    high, low = indicator.max, indicator.min
    if op in (">", ">=", "=") and high is not None:
        if wanted > high or (op == ">" and wanted == high):
            return True
    if op in ("<", "<=", "=") and low is not None:
        if wanted < low or (op == "<" and wanted == low):
            return True
    return False


def shown(side, places):
    exact = side.exact
    if exact is None:
        exact = Fraction(side.n, decimals.SCALE)
    return decimals.displayed(exact, places)


def by_time(one):
    return one.key


def combine_lines(target, lines):
    """Step 5, and what a line that is none does to a green."""
    criteria = [one for line in lines for one in line]
    colours = [one["status"] for one in criteria
               if one["status"] != "none"]
    empty = [one["reason"] for line in lines
             if all(one["status"] == "none" for one in line)
             for one in line]
    status, reason = colour(target.combine, colours), None
    if status in ("green", "none") and empty:
        status, reason = "none", first_reason(empty)
    elif status == "none":
        reason = "not_assessed"
    coloured = [one for one in criteria if one["status"] != "none"]
    counted = coloured if status != "none" else [
        one for one in criteria if one["status"] == "none"]
    late = {p for one in counted for p in one["late"]}
    worst = min(criteria, key=lambda one: WORST.index(one["status"]))
    found = {"status": status, "reason": reason, "criteria": criteria,
             "preliminary": any(one["preliminary"] for one in coloured),
             "overdue": [p.name for p in sorted(late, key=by_time)]}
    if status == "none" and reason != "overdue":
        found["overdue"] = []
    for name in ("value", "limit", "margin", "needed", "basis"):
        if name in worst and status != "none":
            found[name] = worst[name]
    return found


def colour(how, colours):
    if not colours:
        return "none"
    if all(one == "green" for one in colours):
        return "green"
    reds = [one for one in colours if one == "red"]
    if how == "whole":
        return "red" if reds else "yellow"
    return "red" if len(reds) == len(colours) else "yellow"
