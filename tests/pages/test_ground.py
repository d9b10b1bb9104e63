"""Light and dark: every pair of colours that words stand in is told apart, by eye and in grey print."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from plea_aid.analysis.levels import LEVELS
from plea_aid.pages import ground
from plea_aid.pages.factor_balance import POINT_COLOURS
from plea_aid.pages.ground import bar, gap, ink
from plea_aid.pages.matrix import Cell
from plea_aid.pages.office_pictures import SHADES
from plea_aid.pages.pictures import heatmap
from plea_aid.pages.wording import LEVEL_COLOURS, LEVEL_INK
from plea_aid.server import locked_configuration

GROUNDS = ("light", "dark")
TINTS = ("red", "yellow", "blue", "green", "gray")
"""The colours of Streamlit's messages and badges."""


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.1."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lightness(colour: str) -> float:
    """CIE L* of a colour: the grey that a printer makes of it, 0 to 100."""
    y = luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def through(over: str, share: float, under: str) -> str:
    """The colour of ``over`` laid on ``under`` at a share of opacity."""
    parts = (share * int(over[at : at + 2], 16) + (1 - share) * int(under[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part):02x}" for part in parts)


@pytest.fixture(params=GROUNDS)
def theme(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The colours of one ground, by their names; the sidebar's under 'sidebar.'."""
    start = f"theme.{request.param}."
    found = {key.removeprefix(start): value for key, value in locked_configuration().items() if key.startswith(start)}
    assert found, "no colours are configured"
    return found


def test_words_have_the_contrast_that_wcag_asks_for_on_either_ground(theme: dict[str, Any]) -> None:
    page, field, side = theme["backgroundColor"], theme["secondaryBackgroundColor"], theme["sidebar.backgroundColor"]
    pairs = {
        "words on the page": (theme["textColor"], page),
        "words in a field": (theme["textColor"], field),
        "faded words on the page": (through(theme["textColor"], 0.6, page), page),
        "faded words in a field": (through(theme["textColor"], 0.6, field), field),
        "words at the side": (theme["sidebar.textColor"], side),
        "faded words at the side": (through(theme["sidebar.textColor"], 0.6, side), side),
        "words at the side, in a field": (theme["sidebar.textColor"], theme["sidebar.secondaryBackgroundColor"]),
        "a link": (theme["linkColor"], page),
        "a choice in a row": (theme["blueTextColor"], through(theme["primaryColor"], 0.2, page)),
        "code": (theme["codeTextColor"], theme["codeBackgroundColor"]),
        "heads of a table": (theme["dataframeHeaderTextColor"], theme["dataframeHeaderBackgroundColor"]),
        "the words of the first button": ("#ffffff", theme["primaryColor"]),
        "the name of an open tab": (theme["primaryColor"], page),
        **{f"a {tint} message": (theme[f"{tint}TextColor"], theme[f"{tint}BackgroundColor"]) for tint in TINTS},
    }
    assert {said: round(contrast(*pair), 2) for said, pair in pairs.items() if contrast(*pair) < 4.5} == {}


@pytest.mark.parametrize("name", GROUNDS)
def test_pictures_show_on_either_ground(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(ground, "is_dark", lambda: name == "dark")
    page = locked_configuration()[f"theme.{name}.backgroundColor"]
    assert contrast(ink(), page) >= 4.5
    assert contrast(bar(), page) >= 3
    assert gap() == page
    for fill, words in SHADES[name]:
        assert contrast(words, fill) >= 4.5
    steps = [lightness(fill) for fill, _ in SHADES[name]]
    assert steps == sorted(steps, reverse=name == "light")
    assert min(abs(a - b) for a, b in pairwise(steps)) >= 7

    spec = str(heatmap([Cell("As charged", "Visa or admitted", "certain", ("Deportable: firearm",))]).to_dict())
    assert f"'stroke': '{page}'" in spec


def test_the_levels_tell_apart_in_grey_print_and_their_words_stand_out() -> None:
    for level, fill in LEVEL_COLOURS.items():
        assert contrast(LEVEL_INK.get(level, "#1b1b1b"), fill) >= 4.5, level
    steps = [lightness(LEVEL_COLOURS[level]) for level in LEVELS]
    assert steps == sorted(steps, reverse=steps[0] > steps[-1])
    assert min(abs(a - b) for a, b in pairwise(steps)) >= 9
    for fill, words in POINT_COLOURS.values():
        assert contrast(words, fill) >= 4.5
    ways = sorted(lightness(fill) for fill, _ in POINT_COLOURS.values())
    assert min(b - a for a, b in pairwise(ways)) >= 15
