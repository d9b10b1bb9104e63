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
_PAIRS = 1 << 20
"""How many pairs are compared at once: what fits in the processor's cache counts, not what fits in memory."""


def undominated(costs: NDArray[np.uint8], gains: NDArray[np.int32], nearness: NDArray[np.int32]) -> Places:
    """Return the places of the rows nothing beats; of equal rows the one with the lowest ``nearness``."""
    if len(costs) < 2:
        return np.arange(len(costs))
    bits, ranks = _packed_costs(costs), _packed_gains(gains)
    order = np.lexsort((nearness, *ranks.T, *bits.T))
    bits, ranks = bits[order], ranks[order]
    fresh = np.ones(len(order), bool)
    fresh[1:] = (bits[1:] != bits[:-1]).any(1) | (ranks[1:] != ranks[:-1]).any(1)
    order, bits, ranks = order[fresh], bits[fresh], ranks[fresh]
    guard = _guard(gains)
    starts = np.ones(len(order), bool)
    starts[1:] = (bits[1:] != bits[:-1]).any(1)
    alive = _best_of_each_group(np.cumsum(starts) - 1, ranks, guard)
    order, bits, ranks = order[alive], bits[alive], ranks[alive]
    starts = np.ones(len(order), bool)
    starts[1:] = (bits[1:] != bits[:-1]).any(1)
    first = np.flatnonzero(starts)
    alive = _not_beaten_by_another_group(bits[first], first, ranks, guard)
    return np.sort(order[alive])


def _packed_costs(costs: NDArray[np.uint8]) -> Words:
    """Return each row's costs as bits, one for each step that any row has reached."""
    columns = []
    for column in costs.T:
        values = np.unique(column)
        columns += [column >= value for value in values[1:]]
    if not columns:
        return np.zeros((len(costs), 1), np.uint64)
    flags = np.stack(columns, axis=1)
    padded = np.zeros((len(costs), -(-flags.shape[1] // 64) * 64), bool)
    padded[:, : flags.shape[1]] = flags
    return np.packbits(padded, axis=1).view(np.uint64)


def _lanes(gains: NDArray[np.int32]) -> list[list[tuple[int, int, NDArray[np.uint64]]]]:
    """Return, word by word, each gain's offset, width and ranks; a spare bit follows every gain."""
    words: list[list[tuple[int, int, NDArray[np.uint64]]]] = [[]]
    used = 0
    for column in gains.T:
        values, ranks = np.unique(column, return_inverse=True)
        if len(values) == 1:
            continue
        width = int(len(values) - 1).bit_length()
        if used + width + 1 > 64:
            words.append([])
            used = 0
        words[-1].append((used, width, ranks.astype(np.uint64)))
        used += width + 1
    return words


def _packed_gains(gains: NDArray[np.int32]) -> Words:
    packed = []
    for lanes in _lanes(gains):
        word = np.zeros(len(gains), np.uint64)
        for offset, _, ranks in lanes:
            word |= ranks << np.uint64(offset)
        packed.append(word)
    return np.stack(packed, axis=1)


def _guard(gains: NDArray[np.int32]) -> Words:
    """Return the spare bits of each word."""
    return np.array(
        [sum(1 << (offset + width) for offset, width, _ in lanes) for lanes in _lanes(gains)], dtype=np.uint64
    )


def _no_lower(one: Words, other: Words, guard: Words) -> NDArray[np.bool_]:
    """Say for each pair whether no gain of ``one`` is lower than that of ``other``."""
    found: NDArray[np.bool_] = np.ones(len(one), bool)
    for word, spare in enumerate(guard):
        found &= (((one[:, word] | spare) - other[:, word]) & spare) == spare
    return found


def _best_of_each_group(group: NDArray[np.intp], ranks: Words, guard: Words) -> NDArray[np.bool_]:
    """Rows of one group have equal costs: keep those whose gains none of the group beats. Rows differ."""
    alive = np.ones(len(group), bool)
    sizes = np.bincount(group)
    first = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    size_of = sizes[group]
    for rows in _blocks(np.arange(len(group)), size_of):
        many = size_of[rows]
        mine = np.repeat(rows, many)
        within = np.arange(len(mine)) - np.repeat(np.cumsum(many) - many, many)
        theirs = first[group[mine]] + within
        beaten = _no_lower(ranks[theirs], ranks[mine], guard) & (theirs != mine)
        alive[mine[beaten]] = False
    return alive


def _not_beaten_by_another_group(bits: Words, first: Places, ranks: Words, guard: Words) -> NDArray[np.bool_]:
    """Compare each group with every group whose costs are no higher anywhere."""
    alive = np.ones(len(ranks), bool)
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
