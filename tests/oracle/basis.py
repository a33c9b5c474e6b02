"""How many periods and units are in a value, and of how many that a figure
is expected of. `figures`: who asks, with a target, its series and what a
node is made of."""
from collections import namedtuple

from oracle.period import cells_in_order

Basis = namedtuple("Basis", "units of_units periods of_periods",
                   defaults=(0, 0))


def of_value(figures, node, first):
    """`first`: the value of its first part in the target's year."""
    series, now = figures.series, figures.target.year
    atoms, units, of_units = figures.atoms(node), 1, 1
    if first.units is not None:
        made = [atom for atom in atoms
                if series.parts(atom, now)[0] == "units"]
        units = len(first.units)
        of_units = sum(
            child.unit in first.units or (
                child.unit not in first.over
                and all(series.expects(atom._replace(unit=child.unit), now)
                        for atom in made))
            for child in series.made_of_units(atoms[0], now))
    waived = frozenset().union(*(
        series.waived(atom, now) for atom in atoms))
    return Basis(units, of_units,
                 *_periods(figures, node, first.cells, waived))


def of_children(figures, node, children, found):
    """Of `found`, the values of some of the children; waived is what all
    of those with anything in waive, of some part."""
    series, now = figures.series, figures.target.year
    parts = {child: figures.atoms(node._replace(unit=child))
             for child in children}
    waived = frozenset()
    for same in zip(*parts.values()):
        waived |= frozenset.intersection(*(
            series.waived(atom, now) for atom in same
            if series.parts(atom, now)))
    held = frozenset().union(*(next(iter(values.values())).cells
                               for values in found.values()))
    of_units = sum(all(series.expects(atom, now) for atom in atoms)
                   for atoms in parts.values())
    return Basis(len(found), of_units,
                 *_periods(figures, node, held, waived))


def _periods(figures, node, held, waived):
    """How many of the year's periods are held, and of how many: one is
    waived if all of it is, and not held."""
    every = cells_in_order(figures.series.indicator(node).frequency,
                           figures.target.year)
    wanted = [one - (waived - held) for one in every]
    wanted = [one for one in wanted if one]
    return sum(one <= held for one in wanted), len(wanted)
