"""At which sizes a row is tried: inside its `needs`, and just outside each clause."""

import itertools
import random

from support import formula

_STEPS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 16, 17, 24, 32, 33, 64)
_FIRST = (3, 5, 2, 7, 4, 6, 9, 8)   # all different: swapped axes show


def _holds(clauses, sizes):
    for clause in clauses:
        try:
            if not formula.value(clause, sizes):
                return False
        except ZeroDivisionError:
            return False
    return True


def _avoided(row, sizes):
    return any(_holds([c], sizes) for c in row.avoid)


def _candidates(symbols, seed):
    """Assignments to try, in the order of how much we like them; finite, the same on each run."""
    symbols = sorted(symbols)
    yield {s: _FIRST[i % len(_FIRST)] for i, s in enumerate(symbols)}
    yield dict.fromkeys(symbols, 1)
    for zero in symbols:
        yield {s: 0 if s == zero else _FIRST[i % len(_FIRST)] for i, s in enumerate(symbols)}
    yield dict.fromkeys(symbols, 2)
    if len(symbols) <= 2:
        yield from (dict(zip(symbols, c)) for c in itertools.product(_STEPS, repeat=len(symbols)))
    rng = random.Random(seed)
    for limit in (5, 8, 13, len(_STEPS)):
        for _ in range(1500):
            yield {s: rng.choice(_STEPS[:limit]) for s in symbols}


def inside(row, symbols, count=6):
    """-> up to `count` different assignments inside needs, the zeros and ones that it admits among them."""
    if not symbols:
        return [{}]
    found, random_ones = [], []
    for n, sizes in enumerate(_candidates(symbols, 7)):
        fits = sizes not in found and _holds(row.needs, sizes) and not _avoided(row, sizes)
        if fits and n <= len(symbols) + 2:
            found.append(sizes)
        elif fits and sizes not in random_ones:
            random_ones.append(sizes)
        if len(random_ones) >= 200:
            break
    random.Random(5).shuffle(random_ones)
    return found + random_ones[:max(2, count - len(found))]


def outside(row, symbols, clause, near, count=3):
    """-> up to `count` assignments that violate `clause` alone, those nearest to one inside first."""
    others = [c for c in row.needs if c != clause]
    found = []
    for sizes in itertools.chain(_neighbours(near), _candidates(symbols, 11)):
        if sizes in found or _holds([clause], sizes) or not _holds(others, sizes) or _avoided(row, sizes):
            continue
        found.append(sizes)
        if len(found) == count:
            break
    return found


def _neighbours(near):
    for sizes in near:
        for symbol, step in itertools.product(sizes, (-1, 1, -2)):
            if sizes[symbol] + step >= 0:
                yield {**sizes, symbol: sizes[symbol] + step}
