"""Text made safe to print: every character that cannot be set, or would reorder what is read, is shown by its number.

A note is a record, so nothing a person wrote may vanish, run off the page or change places. Typst's PDF/UA mode
refuses a character that no font holds; this module shows such a character as `[U+1F600]` before Typst sees it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

Tree: TypeAlias = "str | int | float | bool | list[Tree] | dict[str, Tree] | None"

# What the fonts inside the typst package can set, block by block, as first and last code point. A test sets every
# one of them with the installed typst. Left out on purpose although a font holds them: control characters, the soft
# hyphen, and the marks that reorder or hide text (U+200E, U+200F, U+202A to U+202E, U+2060 to U+206F, U+FEFF).
SETTABLE: tuple[tuple[int, int], ...] = (
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x377), (0x37A, 0x37F), (0x384, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1),
    (0x3A3, 0x484), (0x487, 0x4FF), (0x531, 0x556), (0x559, 0x58A), (0x591, 0x5C7), (0x5D0, 0x5EA),
    (0x5EF, 0x5F4), (0x606, 0x60C), (0x61B, 0x61B), (0x61F, 0x61F), (0x621, 0x63A), (0x640, 0x64A),
    (0x660, 0x66D), (0x679, 0x67B), (0x67E, 0x680), (0x683, 0x684), (0x686, 0x687), (0x691, 0x691),
    (0x698, 0x698), (0x6A4, 0x6A4), (0x6A9, 0x6A9), (0x6AF, 0x6AF), (0x6BE, 0x6BE), (0x6CC, 0x6CC),
    (0x6F0, 0x6F9), (0x13A0, 0x13F5), (0x1D00, 0x1DBF), (0x1E00, 0x1F15), (0x1F18, 0x1F1D), (0x1F20, 0x1F45),
    (0x2000, 0x200D), (0x2010, 0x2027), (0x202F, 0x2040), (0x2044, 0x2052), (0x2054, 0x205F), (0x2070, 0x2071),
    (0x2074, 0x208E), (0x2090, 0x209C), (0x20A0, 0x20C0), (0x2100, 0x211E), (0x2120, 0x2120), (0x2122, 0x2122),
    (0x2124, 0x2124), (0x2126, 0x2151), (0x2153, 0x2184), (0x2190, 0x23FF), (0x2460, 0x2606), (0x2609, 0x262F),
    (0x2638, 0x268B), (0x2690, 0x269C), (0x26A0, 0x26A7), (0x26AA, 0x26AF), (0x2701, 0x2704), (0x2706, 0x2709),
    (0x270C, 0x2714), (0x2717, 0x2726), (0x272A, 0x274B), (0x2758, 0x275E), (0x2761, 0x277F), (0x2798, 0x27AF),
    (0x27B1, 0x2B73), (0xFB00, 0xFB06),
)  # fmt: skip
# Enough for English, French and Spanish, for typographic marks, and set by one font alone: the second try.
PLAIN: tuple[tuple[int, int], ...] = ((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F), (0x2010, 0x2027))

_BREAK = "\u200b"  # zero-width space: a place where a line may break
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Words that no ordinary word or citation is as long as; hyphens, slashes and brackets are places to break already,
# unless there is nothing else.
_LONG = 19
_LONG_RUN = re.compile(rf"[^\s\-/()\u200b]{{{_LONG},}}|[^\s\u200b]{{40,}}")
_RUN = 6  # capitals that fit the narrowest column


def _outside(ranges: tuple[tuple[int, int], ...]) -> re.Pattern[str]:
    """A pattern for one character outside the ranges; a line feed is always inside."""
    inside = "".join(f"\\U{first:08X}-\\U{last:08X}" for first, last in ranges)
    return re.compile(f"[^\n{inside}]")


_UNSETTABLE = _outside(SETTABLE)
_UNPLAIN = _outside(PLAIN)


@lru_cache(maxsize=4096)  # the law's words are the same in every note
def printable(text: str, *, plain: bool = False) -> str:
    """`text` as it can be set: unsettable characters as `[U+...]`, line ends as line feeds, tabs as spaces.

    `plain` allows Latin letters and typographic marks only: the second try, for the rare text whose characters are
    each settable but not in that order (a combining mark on a letter of another font).
    """
    if text.isascii() and text.isprintable():
        if len(text) < _LONG:
            return text
    else:
        text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
        text = (_UNPLAIN if plain else _UNSETTABLE).sub(lambda hit: f"[U+{ord(hit[0]):04X}]", text)
    return _LONG_RUN.sub(_with_breaks, text)


def _with_breaks(run: re.Match[str]) -> str:
    """A run of letters without a space, with places to break so that it cannot leave its column."""
    word = run[0]
    return _BREAK.join(word[at : at + _RUN] for at in range(0, len(word), _RUN))


def printable_tree(tree: Tree, *, plain: bool = False) -> Tree:
    """`printable` for every string of a JSON tree; keys are the program's own and stay as they are."""
    if isinstance(tree, str):
        return printable(tree, plain=plain)
    if isinstance(tree, list):
        return [printable_tree(item, plain=plain) for item in tree]
    if isinstance(tree, dict):
        return {key: printable_tree(value, plain=plain) for key, value in tree.items()}
    return tree
