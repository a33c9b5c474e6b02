"""Like held against like: the values of one or several indicators of a
unit, in one or several years, over the periods that all of them have.

    Alike(series, filled).compare(nodes, years, within)
        -> {(node, year): Value}, or raises Nothing

`nodes` are the parts of a derived indicator, else one. `filled` is (the
target's year, how its missing periods are forecast) or None. `within`: that
one stretch of each year; forecast is nothing then.
"""
from oracle import period
from oracle.decimals import Nothing
from oracle.pick import Pick, choose, combine, cover
from oracle.stock import Part, settle


class Alike:
    def __init__(self, series, filled=None):
        self.series, self.filled = series, filled

    def compare(self, nodes, years, within=None):
        found = self._compare(nodes, years, within)
        if within is None:
            settle(self.series, found, nodes[0].unit)
        return found

    def _compare(self, nodes, years, within):
        """The first of the years is the target's. Nothing in for one of
        them: raises Nothing, in roll-ups only if no child is left."""
        years = list(dict.fromkeys(years))
        self._anything(nodes, years)
        keys = [(node, year) for node in nodes for year in years]
        kinds = {self.series.parts(*key)[0] for key in keys}
        if len(keys) == 1 and within is None:
            picked = self.series.all_in(*keys[0], self.filled)
            return {keys[0]: self.series.tree(*keys[0], picked)}
        split = {self.series.indicator(node).dimension for node in nodes}
        if len(kinds) > 1 or kinds == {"own"} or (
                kinds == {"members"} and len(split) > 1):
            return self._joint(nodes, years, within)
        return self._by_child(nodes, years, kinds.pop(), within)

    def _anything(self, nodes, years):
        reasons, empty = set(), False
        for node in nodes:
            for year in years:
                if self.series.parts(node, year) is None:
                    empty = True
                    reasons |= self.series.nothing_in(node, year)
                    if year != years[0]:
                        reasons.add("no_base")
        if empty:
            raise Nothing(*(reasons or {"not_due"}))

    # child by child, member by member --------------------------------

    def _by_child(self, nodes, years, kind, within):
        made_of = {(node, year): self.series.parts(node, year)[1]
                   for year in years for node in nodes}
        names = list(dict.fromkeys(
            self.series.called(kind, part)
            for parts in made_of.values() for part in parts))
        each = {key: {} for key in made_of}
        reasons, out = set(), []
        for name in names:
            parts = {node: node._replace(**{
                "member" if kind == "members" else "unit": name})
                for node in nodes}
            try:
                self._a_part(kind, parts, made_of, years)
                found = self._compare(list(parts.values()), years, within)
            except Nothing as fault:
                if "series_break" in fault.reasons:
                    raise
                reasons |= fault.reasons
                out.append(name)
                continue
            for node, year in each:
                each[node, year][name] = found[parts[node], year]
        if not each[nodes[0], years[0]]:
            raise Nothing(*reasons)
        return self._together(kind, each, out)

    def _a_part(self, kind, parts, made_of, years):
        """Raises Nothing unless it is a part everywhere."""
        reasons = set()
        for (node, year), there in made_of.items():
            part = parts[node]
            if part in there:
                continue
            reasons.add("no_base" if year != years[0] else "not_due")
            series = [part]
            if kind == "units":     # none of a unit that never counts
                counts = part in self.series.made_of_units(node, year)
                series = self.series.all_below(part, year) if counts else []
            for leaf in series:
                reasons |= self.series.why_empty(leaf, year)
        if reasons:
            raise Nothing(*reasons)

    def _how(self, kind, node):
        indicator = self.series.indicator(node)
        return (indicator.total if kind == "members"
                else indicator.over_units)

    def _together(self, kind, each, out):
        names = list(next(iter(each.values())))
        usable = [name for name in names if all(
            self._usable(values[name], self._how(kind, node))
            for (node, _), values in each.items())]
        if usable:
            out = out + [name for name in names if name not in usable]
            each = {key: {name: values[name] for name in usable}
                    for key, values in each.items()}
        result = {}
        for (node, year), values in each.items():
            how = self._how(kind, node)
            value = combine(how, values, self.series.indicator(node).factor)
            if kind == "members":
                value.parts = (Part(node.unit, node.unit, value),)
            if not usable:
                value.parts = ()
            if not usable and any(one.pair if how == "ratio"
                                  else not one.reason
                                  for one in values.values()):
                # other parts each year: a pair that is suppressed at most
                value.reason = "not_computable"
            self.series.name_units(value, kind, values)
            value.left_out += out
            result[node, year] = value
        return result

    @staticmethod
    def _usable(value, how):
        return value.adds_up if how == "ratio" else not value.reason

    # the periods in both ---------------------------------------------

    def _joint(self, nodes, years, within):
        keys = [(node, year) for node in nodes for year in years]
        leaves = {key: self.series.leaves(*key) for key in keys}
        whole = False
        if within is not None:
            picked = self._stretch(leaves, within)
        else:
            picked = self._shared(leaves)
            if picked is None:
                picked, whole = self._whole_base(leaves, years), True
        for node in nodes:
            self._breaks(node, years, leaves, picked)
        result = {}
        for node, year in keys:
            value = self.series.tree(node, year, picked[node, year])
            value.whole_base = whole and year != years[0]
            value.parts = tuple(part._replace(whole=node.unit)
                                for part in value.parts)
            for part in value.parts:
                part.value.whole_base = value.whole_base
            result[node, year] = value
        return result

    def _frequency(self, node):
        return self.series.indicator(node).frequency

    def _shared(self, leaves):
        """(node, year) -> leaf -> Pick over the cells that all hold."""
        both = frozenset.intersection(
            *(period.year_cells(self._frequency(node), year)
              for node, year in leaves))

        def inside(leaf, year, limit):
            frequency = self._frequency(leaf)
            found = []
            for version in self.series.figures(leaf, year):
                held = period.cells(version.period, frequency) & both
                if held and (limit is None or held <= limit):
                    found.append(version)
            fill = self.series.fill(leaf, year, self.filled)
            cells = frozenset()
            if fill:
                cells = fill.cells & (both if limit is None else limit)
            return Pick(choose(found, frequency), cells, fill)

        limit = None
        while True:
            picked = {key: {leaf: inside(leaf, key[1], limit)
                            for leaf in some}
                      for key, some in leaves.items()}
            shared = frozenset.intersection(*(
                (cover(pick.versions, self._frequency(leaf))
                 | frozenset(pick.cells)) & both
                for one in picked.values() for leaf, pick in one.items()))
            if not shared:
                return None
            if shared == limit:
                return picked
            limit = shared

    def _stretch(self, leaves, within):
        """The one stretch, of those that have it in every year."""
        picked, now = {}, next(iter(leaves))[1]
        first = {key for key in leaves if key[1] == now}
        for node, year in leaves:
            frequency = self._frequency(node)
            same = period.same_in(within, year)
            if same is None:
                raise Nothing("no_base")
            wanted = period.cells(same, frequency)
            found = picked[node, year] = {}
            for leaf in leaves[node, year]:
                inside = choose(
                    [v for v in self.series.figures(leaf, year)
                     if period.cells(v.period, frequency) <= wanted],
                    frequency)
                if inside and cover(inside, frequency) == wanted:
                    found[leaf] = Pick(inside)
            if not found:
                raise Nothing("no_base" if (node, year) not in first
                              else "not_due")
        return picked

    def _whole_base(self, leaves, years):
        now = {key: some for key, some in leaves.items()
               if key[1] == years[0]}
        picked = {}
        if len(now) > 1:
            picked = self._shared(now)
            if picked is None:
                raise Nothing("not_due")
        for node, year in leaves:
            if self.series.indicator(node).over_periods == "sum":
                raise Nothing("no_base")
            if (node, year) in picked:
                continue
            picked[node, year] = self.series.all_in(node, year, self.filled)
            for leaf, pick in picked[node, year].items():
                if year != years[0] and not self._complete(leaf, year, pick):
                    raise Nothing("no_base")
        return picked

    def _complete(self, leaf, year, pick):
        held = self.series.held_cells(leaf, year, pick.versions, "M")
        return held >= period.year_cells(self._frequency(leaf), year)

    def _breaks(self, node, years, leaves, picked):
        series = {leaf for year in years for leaf in leaves[node, year]}
        used = {year: [v for pick in picked[node, year].values()
                       for v in pick.versions] for year in years}
        check_breaks(self.series, series, used)


def check_breaks(series, leaves, used):
    """Raises Nothing if a flag B stands between an older year's figures
    and a newer's. used: year -> versions."""
    years = sorted(year for year in used if used[year])
    if len(years) < 2:
        return
    starts = sorted(
        v.period.first for leaf in leaves
        for year in range(years[0], years[-1] + 1)
        for v in series.figures(leaf, year) if v.flag == "B")
    for older, newer in zip(years, years[1:]):
        first = min(v.period.first for v in used[older])
        last = max(v.period.first for v in used[newer])
        if any(first < start <= last for start in starts):
            raise Nothing("series_break")
