"""Steps 4 to 6: criteria to colours, colours to a status."""
from fractions import Fraction
from itertools import zip_longest

from oracle import decimals, language
from oracle.alike import Alike
from oracle.basis import Basis
from oracle.decimals import Nothing, first_reason
from oracle.figures import HOLDS, Figures, holds, rounding, shown
from oracle.hide import is_hidden
from oracle.period import Period
from oracle.series import Node

MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
NUMBERS = ("value", "limit", "margin", "needed")
HOW = ("needed_is", "needed_of", "needed_why")
WORST = ("red", "yellow", "green", "none")


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
        return combine_lines(target, self._lines(
            target, target.require, target.yellow, unit, today))

    def aim(self, target, unit, today):
        """Its lines of `aim`, each member of them, as criteria: green or
        red, of which nothing is made."""
        lines = self._lines(target, target.aim, (), unit, today)
        return [one for line in lines for one in line]

    def told(self, target, unit, status):
        """The status without the numbers that are not sent."""
        criteria = [
            withheld(one) if "value" in one and is_hidden(
                self.series, target, unit, target.require[one["line"]],
                one["member"])
            else one for one in status["criteria"]]
        found = dict(status, criteria=criteria)
        if status["own"] != "none":
            for name in NUMBERS + HOW:
                found.pop(name, None)
            lead = criteria[status["lead"]]
            found.update({name: lead[name] for name in NUMBERS + HOW
                          if name in lead})
        return found

    @staticmethod
    def _none(reason):
        return {"status": "none", "reason": reason, "criteria": [],
                "preliminary": False, "overdue": []}

    def _lines(self, target, require, yellow, unit, today):
        return [self._line(target, at, pair, unit, today) for at, pair
                in enumerate(zip_longest(require, yellow))]

    def _line(self, target, at, pair, unit, today):
        require = pair[0]
        members = [None]
        if require.each:
            members = self._members(target, require)
        return [self._criterion(target, at, pair, unit, member, today)
                for member in members]

    def _members(self, target, criterion):
        """Of the target's own indicator, else of the first named one that
        has the dimension."""
        names = [target.indicator] if target.indicator else []
        for side in (criterion.left, criterion.right):
            names += [term.ref[0] for term in language.terms(side)
                      if term.ref]
        for name in names:
            if self.catalogue.indicators[name].dimension == criterion.each:
                return self.catalogue.indicators[name].members
        return ()

    def _criterion(self, target, at, pair, unit, member, today):
        require, yellow = pair
        figures = Figures(self.series, target, unit, member, today)
        found = {"line": at, "text": require.text, "member": member,
                 "status": "none", "reason": None, "preliminary": False,
                 "left_out": [], "late": []}
        try:
            left, right = self._sides(figures, require)
            found.update(self._numbers(target, require, left, right))
            found["constant"] = left.constant or right.constant
            good = holds(self.catalogue, target, require, left, right)
            needed = self._needed(figures, require, left, right, good)
            if good:
                found["status"] = "green"
            elif yellow is not None:
                sides = self._sides(figures, yellow)
                partly = holds(self.catalogue, target, yellow, *sides)
                found["status"] = "yellow" if partly else "red"
            else:
                found["status"] = "red"
            self._explain(found, figures, needed)
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

    def _numbers(self, target, criterion, left, right):
        places = rounding(self.catalogue, target, criterion)
        sides = [left.n, right.n]
        if places is not None:
            sides = [shown(side, places) for side in (left, right)]
        value, limit = sides
        if left.constant and not right.constant:
            limit, value = sides
        return {"value": value, "limit": limit,
                "margin": margin(criterion.op, *sides)}

    def _explain(self, found, figures, needed):
        found["late"] = sorted(figures.all_late(), key=by_time)
        used = [value for _, _, value in figures.used]
        found["preliminary"] = any(value.preliminary for value in used)
        out = figures.left_out + [
            name for value in used for name in value.left_out]
        found["left_out"] = list(dict.fromkeys(out))
        found["whole_base"] = any(value.whole_base for value in used)
        found["basis"] = self._basis(figures)
        if any(value.forecast for value in used):
            found["forecast"] = figures.target.forecast
        if figures.inhabitants:
            found["inhabitants"] = figures.inhabitants
        found.update(needed)

    @staticmethod
    def _basis(figures):
        now = [value for _, year, value in figures.used
               if year == figures.target.year]
        periods = {v.period for value in now for _, v in value.figures}
        counts = figures.basis or Basis(0, 0)
        return {"names": [p.name for p in sorted(
                    periods, key=lambda p: p.key)], **counts._asdict()}

    def _needed(self, figures, require, left, right, good):
        own, op, target = left, require.op, figures.target
        if is_own_value(require.right) and self._fixed(
                figures, require.left):
            own, op, right = right, MIRROR[op], left
        elif not (is_own_value(require.left) and self._fixed(
                figures, require.right)):
            return {}
        node = Node(target.indicator, figures.unit, figures.member)
        indicator = self.series.indicator(node)
        if indicator.formula is not None:
            return {}
        held = self.series.held(node, target.year)
        missing = len(self.series.missing(node, target.year))
        if not missing:
            return {}
        value, pair = own.n, own.exact is not None
        if target.forecast:     # of what is in, not of the forecast
            so_far = Alike(self.series).compare([node], [target.year])
            if figures.faults(so_far):
                return {}       # it would tell what may not be shown
            held_now = so_far[node, target.year]
            value, pair = held_now.number(indicator.factor), held_now.is_pair
        if held is None:
            return {"needed_why": "unlike"}     # there is no one answer
        if indicator.over_periods == "last" and \
                not self.series.is_last_missing(node, target.year):
            return {}       # what counts is in
        ways = [(way, wanted_average(indicator.over_periods, value, limit,
                                     held, missing))
                for way, limit in self._ways(target, require, op, right)]
        bounds = self._bounds(node, target.year, pair)
        found = dict(zip(("needed_is", "needed"), ways[0]),
                     needed_of=taken_as(indicator.over_periods, pair))
        if not all(any_meets(wanted, way, *bounds)
                   for way, wanted in ways[-2:]):
            found["needed"] = "impossible"
        elif good and all(all_meet(wanted, way, *bounds)
                          for way, wanted in ways[-2:]):
            found["needed_why"] = "secured"
        return found

    def _ways(self, target, require, op, right):
        """How the value itself must compare, and with what: as it is told
        and, where that is equal, then from below and from above."""
        places = rounding(self.catalogue, target, require)
        limit = right.n if places is None else shown(right, places)
        told, ends = [], (op,)
        if op == "=":
            told, ends = [(op, limit)], (">=", "<=")
        return told + [(end, limit) if places is None
                       else edge(end, limit, places) for end in ends]

    def _bounds(self, node, year, pair):
        """What a period's number cannot lie outside of. One figure's bounds
        are not a sum's of several; but none of several that are 0 or more
        makes it less than the least, nor more where they are 0 or less. A
        ratio of parts and their wholes lies between none and all."""
        indicator = self.series.indicator(node)
        low, high = indicator.least, indicator.max
        if indicator.over_periods == "sum":     # one may be of many periods
            low = min(low, 0) if low is not None else None
            high = max(high, 0) if high is not None else None
        own = any(leaf.unit == node.unit
                  for leaf in self.series.leaves(node, year))
        if (indicator.over_units == "sum" and not own) or (
                node.member is None and indicator.total == "sum"):
            low = low if low is not None and low >= 0 else None
            high = high if high is not None and high <= 0 else None
        if indicator.part and pair and indicator.over_periods == "ratio":
            low = max([0] + [low] * (low is not None))
            whole = indicator.factor * decimals.SCALE
            high = min([whole] + [high] * (high is not None))
        return low, high

    def _fixed(self, figures, tree):
        """Whether it stays as it is when the missing periods come in: no
        figure in it, or figures of named periods, or, beside a forecast,
        other years that are whole."""
        if isinstance(tree, language.Share):
            return False
        if isinstance(tree, language.Path) and isinstance(tree.at, Period):
            return False
        if not isinstance(tree, language.Term):
            return all(self._fixed(figures, one)
                       for one in language.below(tree))
        key = figures.key(tree)
        if key.kind == "period":
            return True
        year = figures.year(tree)
        if key.kind != "value" or year == figures.target.year \
                or not figures.target.forecast:
            return False
        return all(value.whole for (_, at), value
                   in figures.values[key].items() if at == year)


def withheld(criterion):
    """A limit stays that no figure is in."""
    kept = ("limit",) if criterion["constant"] else ()
    gone = [name for name in NUMBERS + HOW if name not in kept]
    return dict({name: value for name, value in criterion.items()
                 if name not in gone}, hidden=True)


def is_own_value(tree):
    return (isinstance(tree, language.Term) and tree.name == "value"
            and tree.ref is None and tree.when is None)


def taken_as(how, pair):
    return {"last": "last", "ratio": "together" if pair else "average"}.get(
        how, "average")


def wanted_average(how, value, limit, held, missing):
    if how == "last":
        return limit
    if how == "sum":
        above = limit - value
    else:
        above = decimals.checked(limit * (held + missing)) \
            - decimals.checked(value * held)
    found = decimals.quotient(decimals.checked(above),
                              missing * decimals.SCALE)
    return decimals.displayed(Fraction(found, decimals.SCALE), 9)


def edge(op, limit, places):
    """From where on what is displayed of a number compares so: half a unit of
    the last place before the limit or behind it, that number with it if what
    is displayed of it does."""
    half = decimals.SCALE // (2 * 10 ** places)
    at = decimals.checked(
        limit - half if op in (">=", "<") else limit + half)
    as_shown = decimals.displayed(Fraction(at, decimals.SCALE), places)
    return op[0] + "=" * HOLDS[op](as_shown, limit), at


def any_meets(wanted, op, low, high):
    """Whether some number within the bounds compares so with it."""
    most = high if op[0] == ">" else low
    return most is None or HOLDS[op](most, wanted)


def all_meet(wanted, op, low, high):
    least = low if op[0] == ">" else high
    return least is not None and HOLDS[op](least, wanted)


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
    worst = headline(criteria)
    found = {"status": status, "reason": reason, "criteria": criteria,
             "lead": criteria.index(worst),
             "preliminary": any(one["preliminary"] for one in coloured),
             "overdue": [p.name for p in sorted(late, key=by_time)]}
    if status == "none" and reason != "overdue":
        found["overdue"] = []
    for name in NUMBERS + HOW + ("basis", "forecast"):
        if name in worst and status != "none":
            found[name] = worst[name]
    return found


def headline(criteria):
    """Of the worst colour's first line, the least margin, the first of
    equals."""
    worst = min((one["status"] for one in criteria), key=WORST.index)
    among = [one for one in criteria if one["status"] == worst]
    if worst == "none":
        return among[0]
    return min((one for one in among if one["line"] == among[0]["line"]),
               key=lambda one: Fraction(one["margin"]))


def colour(how, colours):
    if not colours:
        return "none"
    if all(one == "green" for one in colours):
        return "green"
    reds = [one for one in colours if one == "red"]
    if how == "whole":
        return "red" if reds else "yellow"
    return "red" if len(reds) == len(colours) else "yellow"
