"""Keep the rows that no other row beats: lower costs and higher gains, exactly.

Costs are small ranks (levels, counts up to a cap); gains are whole numbers (days, dollars). One row beats another when
none of its costs is higher, none of its gains lower, and something differs. Equal rows are kept once. Costs are packed
one bit a step, so that 'no higher anywhere' is one test on machine words; gains are packed as ranks side by side with
a spare bit between them, so that 'no lower anywhere' is one subtraction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]
_ROUNDS = 16
_PAIRS = 1 << 20
"""How many pairs are compared at once: what fits in the processor's cache counts, not what fits in memory."""


def undominated(costs: NDArray[np.uint8], gains: NDArray[np.int32], nearness: NDArray[np.int32]) -> Places:
    """Return the places of the rows nothing beats; of equal rows the one with the lowest ``nearness``."""
    if len(costs) < 2:
        return np.arange(len(costs))
    bits = _packed_costs(costs)
    ranks, guard, score = _packed_gains(gains)
    order = np.lexsort((nearness, *ranks.T, -score, *bits.T))
    bits, ranks = bits[order], ranks[order]
    new_group = _differs(bits)
    fresh = new_group | _differs(ranks)
    order, ranks, new_group = order[fresh], ranks[fresh], new_group[fresh]
    alive = _best_of_each_group(np.cumsum(new_group) - 1, ranks, guard)
    bits = bits[fresh][alive]
    order, ranks = order[alive], ranks[alive]
    first = np.flatnonzero(_differs(bits))
    alive = _not_beaten_by_another_group(bits[first], first, ranks, guard)
    return np.sort(order[alive])


def _differs(rows: Words) -> Flags:
    """Say of each row whether it differs from the one before it."""
    found: Flags = np.ones(len(rows), bool)
    found[1:] = np.any(rows[1:] != rows[:-1], axis=1)
    return found


def _packed_costs(costs: NDArray[np.uint8]) -> Words:
    """Return each row's costs as bits, one for each step above the lowest."""
    low, high = costs.min(axis=0), costs.max(axis=0)
    columns = [costs[:, i] >= step for i in np.flatnonzero(low < high) for step in range(low[i] + 1, high[i] + 1)]
    flags = np.zeros((len(costs), max(1, -(-len(columns) // 64)) * 64), bool)
    for i, column in enumerate(columns):
        flags[:, i] = column
    return np.packbits(flags, axis=1).view(np.uint64)


def _packed_gains(gains: NDArray[np.int32]) -> tuple[Words, Words, NDArray[np.int64]]:
    """Return each row's gains as ranks side by side, the spare bit after each of them, and the sum of the ranks."""
    words = [np.zeros(len(gains), np.uint64)]
    spare = [0]
    used = 0
    score = np.zeros(len(gains), np.int64)
    for column in gains.T:
        if column.min() == column.max():
            continue
        values, ranks = np.unique(column, return_inverse=True)
        width = int(len(values) - 1).bit_length()
        if used + width + 1 > 64:
            words.append(np.zeros(len(gains), np.uint64))
            spare.append(0)
            used = 0
        words[-1] |= ranks.astype(np.uint64) << np.uint64(used)
        spare[-1] |= 1 << (used + width)
        used += width + 1
        score += ranks
    return np.stack(words, axis=1), np.array(spare, np.uint64), score


def _no_lower(one: Words, other: Words, guard: Words) -> Flags:
    """Say for each pair whether no gain of ``one`` is lower than that of ``other``."""
    found: Flags = np.ones(len(one), bool)
    for word, spare in enumerate(guard):
        found &= (((one[:, word] | spare) - other[:, word]) & spare) == spare
    return found


def _best_of_each_group(group: Places, ranks: Words, guard: Words) -> Flags:
    """Keep the rows that no row of the same group (equal costs) beats.

    Rows differ, and in each group they stand in falling order of the sum of their ranks. So the first row not yet
    decided is beaten by none: it is kept, and what it beats is dropped. After some rounds the rest goes in pairs.
    """
    alive: Flags = np.ones(len(group), bool)
    left = np.arange(len(group))
    for _ in range(_ROUNDS):
        if len(left) < 2:
            return alive
        lead = np.ones(len(left), bool)
        lead[1:] = group[left[1:]] != group[left[:-1]]
        leader = left[lead][np.cumsum(lead) - 1]
        beaten = _no_lower(ranks[leader], ranks[left], guard) & ~lead
        alive[left[beaten]] = False
        left = left[~(beaten | lead)]
    _, first, sizes = np.unique(group[left], return_index=True, return_counts=True)
    place = np.repeat(np.arange(len(first)), sizes)
    for rows in _blocks(np.arange(len(left)), sizes[place]):
        many = sizes[place[rows]]
        mine = np.repeat(rows, many)
        theirs = first[place[mine]] + np.arange(len(mine)) - np.repeat(np.cumsum(many) - many, many)
        beaten = _no_lower(ranks[left[theirs]], ranks[left[mine]], guard) & (theirs != mine)
        alive[left[mine[beaten]]] = False
    return alive


def _not_beaten_by_another_group(bits: Words, first: Places, ranks: Words, guard: Words) -> Flags:
    """Compare each group with every group whose costs are no higher anywhere."""
    alive: Flags = np.ones(len(ranks), bool)
    sizes = np.diff(np.append(first, len(ranks)))
    step = max(1, _PAIRS // max(1, len(bits)))
    for start in range(0, len(bits), step):
        block = bits[start : start + step]
        lower = np.ones((len(block), len(bits)), bool)
        for word in range(bits.shape[1]):
            lower &= (bits[None, :, word] & ~block[:, None, word]) == 0
        lower[np.arange(len(block)), np.arange(start, start + len(block))] = False
        groups, better = np.nonzero(lower)
        groups += start
        many = sizes[groups] * sizes[better]
        for pairs in _blocks(np.arange(len(groups)), many):
            mine, theirs = _product(
                first[groups[pairs]], sizes[groups[pairs]], first[better[pairs]], sizes[better[pairs]]
            )
            beaten = _no_lower(ranks[theirs], ranks[mine], guard)
            alive[mine[beaten]] = False
    return alive


def _product(first: Places, sizes: Places, other: Places, others: Places) -> tuple[Places, Places]:
    """Return every pair of rows of each pair of groups."""
    many = sizes * others
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    wide = np.repeat(others, many)
    return np.repeat(first, many) + within // wide, np.repeat(other, many) + within % wide


def _blocks(places: Places, many: Places) -> list[Places]:
    """Cut ``places`` into runs that together expand to about as many pairs as are compared at once."""
    if not len(places):
        return []
    total = np.cumsum(many)
    cuts = np.searchsorted(total, np.arange(_PAIRS, total[-1], _PAIRS))
    return [part for part in np.split(places, np.unique(cuts)) if len(part)]
