"""The terms of one criterion for one unit and member: each gathered with
the others of its kind, then worth a number."""
from collections import namedtuple
from fractions import Fraction

from oracle import decimals, language
from oracle.alike import Alike, check_breaks
from oracle.basis import Basis, of_children, of_value
from oracle.decimals import Nothing
from oracle.period import Period, cells, positions
from oracle.series import Node

Num = namedtuple("Num", "n type exact constant")    # exact: Fraction
# kind: value latest growth period children; when: a year or Period
Key = namedtuple("Key", "kind node when", defaults=(None,))
SAME = {"rate": "value"}
OWN_LATEST = language.Term("latest", None, None)


class Figures:
    def __init__(self, series, target, unit, member, today):
        self.series, self.target, self.unit = series, target, unit
        self.member, self.today, self.each = member, today, None
        self.values, self.used, self.spans = {}, [], []
        self.reasons, self.late, self.left_out = set(), set(), []
        self.inhabitants, self.basis, self.shares = None, None, {}
        self.used_before = self.spans_before = 0
        self.below_late, self.ends = set(), {}
        filled = target.forecast and (target.year, target.forecast)
        self.alike = Alike(series, filled or None)
        self.exact_alike = Alike(series)

    @property
    def catalogue(self):
        return self.series.catalogue

    # which figures ---------------------------------------------------

    def node(self, term):
        """A series without a member takes the member of `each`, where its
        indicator has that dimension."""
        name, member = term.ref or (self.target.indicator, None)
        if member is None and self.each is not None and \
                self.catalogue.indicators[name].dimension == self.each:
            member = self.member
        return Node(name, self.unit, member)

    def atoms(self, node):
        """The pushed series that a node is made of, each once."""
        memo, key = self.series.memo, ("atoms", node)
        if key not in memo:
            formula = self.series.indicator(node).formula
            memo[key] = [node] if formula is None else list(dict.fromkeys(
                atom for term in language.terms(formula)
                for atom in self.atoms(self.part(node, term))))
        return memo[key]

    def part(self, node, term):
        name, member = term.ref
        if member is None and self.catalogue.indicators[name].dimension \
                == self.series.indicator(node).dimension:
            member = node.member
        return Node(name, node.unit, member)

    def year(self, term):
        when = term.when
        if isinstance(when, Period):
            return when.year
        if when is None:
            return self.target.year
        return self.target.year + when if when < 0 else when

    def key(self, term):
        node, name = self.node(term), SAME.get(term.name, term.name)
        stretch = term.when if isinstance(term.when, Period) else None
        if name in language.OF_CHILDREN:
            return Key("children", node, stretch)
        if name == "growth":
            return Key("growth", node, None if stretch else self.year(term))
        return Key("period", node, stretch) if stretch else Key(name, node)

    # gathering -------------------------------------------------------

    def gather(self, criterion):
        self.used_before = len(self.used)
        self.spans_before = len(self.spans)
        sides = criterion.left, criterion.right
        groups = self.groups(criterion.each, criterion)
        for key, terms in groups.items():
            if isinstance(key, language.Share):
                self._share(key)
            else:
                self._group(key, terms)
        self._spans()
        for side in sides:
            if _wants_limit(side) and self.target.limit(
                    self.unit, self.member) is None:
                self.reasons.add("no_limit")

    def groups(self, each, criterion):
        """Key -> terms; a share is its own key."""
        found, self.each = {}, each
        for side in (criterion.left, criterion.right):
            self._terms(side, found)
        return found

    def _terms(self, tree, groups):
        """A growth over a period has two groups, and a path between days
        rests on the latest of the target's own series."""
        if isinstance(tree, language.Share):
            groups.setdefault(tree, [])
            return
        for one in language.below(tree):
            self._terms(one, groups)
        if isinstance(tree, language.Path) and isinstance(tree.at, Period):
            tree = OWN_LATEST
        if isinstance(tree, language.Term):
            key = self.key(tree)
            now = key.kind == "growth" and key.when is None
            groups.setdefault(key, []).append(
                tree._replace(when=None) if now else tree)
            if now:
                base = tree._replace(name="value")
                groups.setdefault(self.key(base), []).append(base)

    def years(self, terms):
        return [self.target.year] + [self.year(term) for term in terms]

    def _group(self, key, terms):
        years = self.years(terms)
        if key.kind == "children":
            self._children(key, years)
            return
        atoms = self.atoms(key.node)
        try:
            found = self.compare(key, atoms, years)
        except Nothing as fault:
            self.reasons |= self._why(key, atoms, fault.reasons)
            return
        self.values[key] = found
        self._keep(key, found)
        try:
            self._check(found)
        except Nothing as fault:
            self.reasons |= fault.reasons

    def compare(self, key, atoms, years):
        """(atom, year) -> Value; of a period, its year."""
        now, stretch = years[0], key.when
        if key.kind == "period":
            return self.exact_alike.compare(atoms, [stretch.year], stretch)
        if key.kind == "latest":
            within = self.ends[key] = self._latest(key.node, now)
            if within is None and all(self.series.parts(atom, now)
                                      for atom in atoms):
                raise Nothing("not_due")
            return self.exact_alike.compare(atoms, years, within)
        return self.alike.compare(atoms, years)

    def _latest(self, node, year):
        """The last stretch in; of a derived indicator the last of its
        periods that all its parts have. None: nothing is in."""
        if self.series.indicator(node).formula is None:
            return self.series.latest(node, year)
        memo, key = self.series.memo, ("latest", node, year)
        if key not in memo:
            memo[key] = self._latest_of_all(node, year)
        return memo[key]

    def _latest_of_all(self, node, year):
        atoms = self.atoms(node)
        held = [(self.series.indicator(atom).frequency,
                 self.series.anywhere(atom, year)) for atom in atoms]
        for one in reversed(positions(
                self.series.indicator(node).frequency, year)):
            if any(not cells(one, how) <= some for how, some in held):
                continue        # no need to compare
            try:
                self.exact_alike.compare(atoms, [year], one)
                return one
            except Nothing:
                continue
        return None

    def _why(self, key, atoms, reasons):
        """The reasons of a group without a value."""
        now, stretch = self.target.year, None
        if key.kind == "period":
            now, stretch, reasons = key.when.year, key.when, set()
            for atom in atoms:
                reasons |= self.series.nothing_in(atom, now, stretch)
            empty = atoms
        else:
            empty = [atom for atom in atoms
                     if self.series.parts(atom, now) is None]
        if not empty and len(atoms) > 1 and "not_due" in reasons:
            empty = atoms       # in, but not for one stretch
        late = {one for atom in empty for one in self.series.overdue(
            atom, now, self.today, stretch)}
        self.late |= late
        if late:
            reasons = (reasons - {"not_due"}) | {"overdue"}
        elif empty:
            reasons = reasons | {"not_due"}
        return reasons

    def _keep(self, key, found):
        """What the criterion rests on, in the order of its terms."""
        for (atom, year), value in found.items():
            self.used.append((atom, year, value))
        first = next(iter(found.values()))
        if self.basis is None and (
                key.kind != "period" or key.when.year == self.target.year):
            self.basis = of_value(self, key.node, first)
        for atom in self.atoms(key.node):
            self.spans.append((atom, key.when if key.kind == "period"
                               else None))

    def _check(self, values):
        """Raises Nothing where a value may not be used."""
        reasons = self.faults(values)
        if reasons:
            raise Nothing(*reasons)

    def faults(self, values):
        """Why values may not be used, all of it."""
        reasons = set()
        for (atom, _), value in values.items():
            lowest = self.series.indicator(atom).min_denominator
            if lowest is not None and value.pair and value.figures \
                    and value.held < lowest:
                reasons.add("suppressed")
            if value.reason:
                reasons.add(value.reason)
        return reasons

    def _spans(self):
        """A named period and the rest of its series, held together."""
        used_now = self.used[self.used_before:]
        named = {atom for atom, stretch in self.spans[self.spans_before:]
                 if stretch}
        for atom in named:
            used = {}
            for one, year, value in used_now:
                if one == atom:
                    used.setdefault(year, []).extend(
                        v for _, v in value.figures)
            leaves = {leaf for one, _, value in used_now if one == atom
                      for leaf, _ in value.figures}
            try:
                check_breaks(self.series, leaves, used)
            except Nothing as fault:
                self.reasons |= fault.reasons

    # the units below -------------------------------------------------

    def below(self, year, *nodes):
        """The child units that count, in order."""
        found = self.catalogue.children.get(self.unit, ())
        return [child for child in found
                if self.catalogue.units[child].alive(year)
                and not any(child in self.series.indicator(node).outside
                            for node in nodes)]

    def _children(self, key, years):
        """child -> its values, of those that have all that is asked."""
        now = key.when.year if key.when else self.target.year
        children = self.below(now, key.node)
        found, small, reasons, out = {}, {}, set(), []
        before = set(self.late)
        for child in children:
            node = Node(key.node.indicator, child, key.node.member)
            try:
                found[child] = self._of_child(key, node, years, small)
            except Nothing as fault:
                if "series_break" in fault.reasons:
                    self.reasons.add("series_break")
                reasons |= fault.reasons
                out.append(child)
            self._child_late(self.atoms(node), now, key.when)
        self._hide_next(found, small, reasons, out)
        self.left_out += out
        if not found:
            self.reasons |= reasons or {"not_computable"}
            return
        self.late, self.values[key] = before, found
        if self.basis is None and now == self.target.year:
            self.basis = of_children(self, key.node, children, found)
        for values in found.values():
            self.used += [(atom, year, value)
                          for (atom, year), value in values.items()]

    @staticmethod
    def _hide_next(found, small, reasons, out):
        """Where one is suppressed, the next smallest would tell it."""
        if list(small.values()).count(None) != 1:
            return
        shown = [child for child in found if small.get(child) is not None]
        if shown:
            hidden = min(shown, key=lambda child: small[child])
            del found[hidden]
            out.append(hidden)
            reasons.add("suppressed")

    def _child_late(self, atoms, year, stretch):
        for atom in atoms:
            if self.series.parts(atom, year) is not None:
                self.below_late |= set(self.series.overdue(
                    atom, year, self.today, stretch))

    def _of_child(self, key, node, years, small):
        """small: child -> its denominator, None: below the least."""
        atoms = self.atoms(node)
        inner = key._replace(kind="period" if key.when else "value")
        try:
            values = self.compare(inner, atoms, years)
        except Nothing as fault:
            raise Nothing(*self._why(inner, atoms, fault.reasons))
        first = next(iter(values.values()))
        try:
            self._check(values)
            for _, year in values:
                self._number(values, node, year)
        except Nothing as fault:
            if "suppressed" in fault.reasons:
                small[node.unit] = None
            raise
        if first.pair is not None:
            small[node.unit] = first.held
        return values

    def _share(self, tree):
        nodes = [self.node(term) for side in (tree.left, tree.right)
                 for term in language.terms(side)]
        children = self.below(self.target.year, *nodes)
        holds, reasons, judged = 0, set(), []
        late, later, of_units = set(), set(), 0
        for child in children:
            inner = Figures(self.series, self.target, child, self.member,
                            self.today)
            of_units += inner.expects(self.each, tree)
            try:
                holds += inner.holds(self.each, tree)
                judged.append(child)
            except Nothing as fault:
                reasons |= fault.reasons
                self.left_out.append(child)
                later |= inner.late
                continue
            late |= inner.all_late()
            self.used += inner.used
            self.left_out += inner.left_out
        if not children:
            reasons.add("not_computable")
        if not judged:
            self.reasons |= reasons
            self.late |= later
            return
        self.below_late |= late
        self.shares[tree] = (holds, len(judged))
        if self.basis is None:
            self.basis = Basis(len(judged), of_units)

    def expects(self, each, tree):
        """Whether some figure is expected of each part of each term that
        a condition has of the target's year."""
        return all(self.series.expects(atom, self.target.year)
                   for key in self.groups(each, tree) if key.kind != "period"
                   or key.when.year == self.target.year
                   for atom in self.atoms(key.node))

    def holds(self, each, tree):
        """Whether a share's condition holds here."""
        asked = language.Criterion("", each, tree.left, tree.op, tree.right)
        self.gather(asked)
        if self.reasons:
            raise Nothing(*self.reasons)
        return holds(self.catalogue, self.target, asked,
                     self.worth(tree.left), self.worth(tree.right))

    def all_late(self):
        """The periods of its figures that are past due and not in."""
        found = set(self.below_late)
        for atom, stretch in self.spans:
            year = stretch.year if stretch else self.target.year
            found |= set(self.series.overdue(atom, year, self.today,
                                             stretch))
        return found

    # what a tree is worth --------------------------------------------

    def worth(self, tree):
        if isinstance(tree, language.Number):
            return Num(decimals.checked(tree.n), tree.type, None, True)
        if isinstance(tree, language.Limit):
            found = self.target.limit(self.unit, self.member)
            return Num(found.n, found.type, None, True)
        if isinstance(tree, language.Term):
            return self._term(tree)
        if isinstance(tree, language.Share):
            holds, judged = self.shares[tree]
            return Num(decimals.quotient(holds * 100, judged), "percent",
                       Fraction(holds * 100, judged), False)
        if isinstance(tree, language.Path):
            return self._path(tree)
        if isinstance(tree, language.Sign):
            inner = self.worth(tree.of)
            return Num(-inner.n, inner.type, None, inner.constant)
        if isinstance(tree, language.Call):
            return call(tree.name, [self.worth(arg) for arg in tree.args])
        return binary(tree.op, self.worth(tree.left), self.worth(tree.right))

    def _term(self, term):
        key, year = self.key(term), self.year(term)
        values = self.values[key]
        if key.kind == "children":
            return self._over_children(term.name, key, values, year)
        if key.kind == "growth":
            above = self._number(values, key.node, self.target.year)
            if key.when is None:
                values = self.values[self.key(term._replace(name="value"))]
            below = self._number(values, key.node, year)
            if below.n <= 0:
                raise Nothing("no_base")
            n = decimals.quotient(above.n * 100, below.n)
            return Num(decimals.checked(n - 100 * decimals.SCALE),
                       "percent", None, False)
        found = self._number(values, key.node, year)
        return self._rate(term, found, year) if term.name == "rate" \
            else found

    def _number(self, values, node, year):
        """A node's number out of the values of what it is made of."""
        indicator = self.series.indicator(node)
        if indicator.formula is not None:
            found = self._formula(indicator.formula, values, node, year)
            return found._replace(type=indicator.type, exact=None)
        value = values[node, year]
        exact = None
        if value.is_pair:
            exact = Fraction(value.pair[0] * indicator.factor) \
                / value.pair[1]
        return Num(value.number(indicator.factor), indicator.type, exact,
                   False)

    def _formula(self, tree, values, node, year):
        if isinstance(tree, language.Term):
            return self._number(values, self.part(node, tree), year)
        if isinstance(tree, language.Number):
            return Num(decimals.checked(tree.n), tree.type, None, True)
        inner = [self._formula(one, values, node, year)
                 for one in language.below(tree)]
        if isinstance(tree, language.Sign):
            return Num(-inner[0].n, inner[0].type, None, inner[0].constant)
        if isinstance(tree, language.Call):
            return call(tree.name, inner)
        return binary(tree.op, *inner)

    def _rate(self, term, found, year):
        people = self.catalogue.units[self.unit].inhabitants(year)
        if people is None:
            raise Nothing("not_computable")
        if people[0] != year:
            self.inhabitants = people[0]
        n = decimals.checked(decimals.half_even(
            Fraction(found.n * term.per, people[1])))
        return Num(n, "number", None, False)

    def _over_children(self, name, key, found, year):
        numbers = [self._number(values, Node(
            key.node.indicator, child, key.node.member), year)
            for child, values in found.items()]
        low = min(one.n for one in numbers)
        high = max(one.n for one in numbers)
        kind = numbers[0].type
        if name == "spread":
            return Num(decimals.checked(high - low),
                       "pp" if kind == "percent" else kind, None, False)
        return Num(low if name == "lowest" else high, kind, None, False)

    def _path(self, path):
        start, end = self.worth(path.start), self.worth(path.end)
        constant = start.constant and end.constant
        at, to, now = path.at, path.to, self.target.year
        if isinstance(at, Period):
            constant = False
            latest = self.ends[self.key(OWN_LATEST)]
            first, last = at.first.toordinal(), to.first.toordinal()
            day = latest.last.toordinal()
            at, to, now = first, last, min(max(day, first), last)
        way = decimals.checked(end.n - start.n)
        part = decimals.half_even(Fraction(way * (now - at), to - at))
        return Num(decimals.checked(start.n + part), start.type, None,
                   constant)


def _wants_limit(tree):
    """A share's limits are its units'."""
    if isinstance(tree, language.Share):
        return False
    return isinstance(tree, language.Limit) or any(
        _wants_limit(one) for one in language.below(tree))


def call(name, args):
    constant = all(arg.constant for arg in args)
    if name == "abs":
        return Num(abs(args[0].n), args[0].type, None, constant)
    pick = {"min": min, "max": max}[name]
    return Num(pick(arg.n for arg in args), args[0].type, None, constant)


def binary(op, left, right):
    constant = left.constant and right.constant
    if op in "+-":
        n = left.n + right.n if op == "+" else left.n - right.n
        kind = left.type
        if op == "-" and left.type == right.type == "percent":
            kind = "pp"
        elif left.type == "pp" and right.type == "percent":
            kind = "percent"
        return Num(decimals.checked(n), kind, None, constant)
    return Num(*(product if op == "*" else ratio)(left, right), None,
               constant)


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


HOLDS = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
         ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
         "=": lambda a, b: a == b}


def rounding(catalogue, target, criterion):
    """The decimals of a target that compares what is displayed, or None."""
    if target.compare != "displayed":
        return None
    names = [target.indicator] if target.indicator else [
        term.ref[0] for side in (criterion.left, criterion.right)
        for term in language.terms(side)]
    return catalogue.indicators[names[0]].decimals


def shown(side, places):
    exact = side.exact
    if exact is None:
        exact = Fraction(side.n, decimals.SCALE)
    return decimals.displayed(exact, places)


def holds(catalogue, target, criterion, left, right):
    places = rounding(catalogue, target, criterion)
    if places is None:
        return compare(criterion.op, left, right)
    return HOLDS[criterion.op](*(shown(side, places)
                                 for side in (left, right)))


def compare(op, left, right):
    """A lone pair against what holds no figure: exactly."""
    if left.exact is not None and right.constant:
        return HOLDS[op](left.exact, Fraction(right.n, decimals.SCALE))
    if right.exact is not None and left.constant:
        return HOLDS[op](Fraction(left.n, decimals.SCALE), right.exact)
    return HOLDS[op](left.n, right.n)


