"""Which numbers of a change are not told: with those of the unit above and
of the others below it they would tell the one that is suppressed; and those
below a unit whose numbers are not."""
from oracle import language
from oracle.decimals import Nothing
from oracle.figures import Figures


def is_hidden(series, target, unit, criterion, member):
    """Itself, or some unit above it."""
    line = []
    while unit is not None:
        line.append(unit)
        unit = series.catalogue.units[unit].parent
    return any(below in _hidden(series, target, above, criterion, member)
               for below, above in zip(line, line[1:]))


def _hidden(series, target, above, criterion, member):
    """The units below `above` whose numbers in that criterion are."""
    memo = series.memo
    key = ("hidden", target.place, above, criterion, member)
    if key not in memo:
        figures = Figures(series, target, above, member, None)
        memo[key] = {
            _next_smallest(figures, one, figures.years(terms))
            for one, terms in figures.groups(criterion.each,
                                             criterion).items()
            if not isinstance(one, language.Share)
            and one.kind != "children"} - {None}
    return memo[key]


def _next_smallest(figures, key, years):
    if not any(_may_hide(figures.series.indicator(atom))
               for atom in figures.atoms(key.node)):
        return None
    above = _above(figures, key, years)
    if above and above.units is None:
        return None             # from figures of its own
    suppressed, shown = 0, {}
    now = key.when.year if key.kind == "period" else years[0]
    for child in figures.below(now, key.node):
        if above and child in above.dropped:
            continue            # in no roll-up any more
        held, small = _of_child(figures, child, key, years, now)
        suppressed += small
        if held is not None and not small:
            shown[child] = held
    if suppressed != 1 or not shown:
        return None
    return min(shown, key=lambda child: shown[child])


def _may_hide(indicator):
    return bool(indicator.min_denominator) and \
        indicator.over_units not in (None, "none")


def _above(figures, key, years):
    """The value of the unit above; None: it has none."""
    try:
        found = figures.compare(key, figures.atoms(key.node), years)
    except Nothing:
        return None
    return next(iter(found.values()))


def _of_child(figures, child, key, years, now):
    """Its denominator or None, and whether it is suppressed; in the roll-up
    are only those with a value, over the same stretch, with pairs where
    those are added."""
    below = Figures(figures.series, figures.target, child, figures.member,
                    None)
    below.each = figures.each
    inner = key._replace(node=key.node._replace(unit=child))
    try:
        values = below.compare(inner, below.atoms(inner.node), years)
    except Nothing:
        return None, False
    faults = below.faults(values)
    small = "suppressed" in faults
    if (faults and not small) or any(
            value.pair is None
            and below.series.indicator(atom).over_units == "ratio"
            for (atom, _), value in values.items()):
        return None, False
    if below.ends.get(inner) != figures.ends.get(key):
        return None, False
    pairs = [value.held for (_, year), value in values.items()
             if year == now and value.pair is not None]
    return (pairs[0] if pairs else None), small
