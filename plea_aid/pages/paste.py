"""A charging list as it is pasted: what was read, what is asked, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from plea_aid.analysis.charging_list import Choice, Piece, Taken, read_list
from plea_aid.law.catalogue import Law
from plea_aid.pages.wording import nth, plain

EXAMPLE = "PFMA 1st; theft 45-6-301; DUI 2nd"
HELP = (
    "Citations, names or short forms, parted by semicolons, lines or commas. 1st, 2nd or 4th+ is the offense number. "
    "Nothing of what you type here is stored, only the offenses you add."
)


@dataclass(frozen=True)
class ReadList:
    """A charging list with the answers given: what can be added, and what stays with its writer."""

    taken: tuple[Taken, ...]
    left: tuple[Piece, ...]

    @property
    def left_text(self) -> str:
        """Return what was not taken, as it can stand in the box again."""
        return "\n".join(_as_written(piece) for piece in self.left)


def ask_list(law: Law, text: str, key: str) -> ReadList | None:
    """Show how a charging list was read and ask what is not clear, each question once; None for an empty list."""
    try:
        pieces = read_list(law, text)
    except ValueError as fault:
        st.error(f"Not read: {plain(str(fault))}.")
        return ReadList((), ())
    if not pieces:
        return None
    answers: dict[tuple[Choice, ...], str | None] = {}
    taken, left = [], []
    for piece in pieces:
        if piece.fault:
            left.append(piece)
            continue
        if piece.choices not in answers:
            answers[piece.choices] = _ask(piece, len(answers), key)
        offense = answers[piece.choices]
        if offense is None:
            left.append(piece)
        else:
            taken.append(Taken(piece, offense))
    for piece in left:
        if piece.fault:
            st.warning(f"**{plain(piece.text or _as_written(piece))}** was not read. {plain(piece.fault)}")
    return ReadList(tuple(taken), tuple(left))


def first_reading(law: Law, text: str) -> ReadList:
    """Return what a list says without asking; raise ValueError for one that is too long."""
    pieces = read_list(law, text)
    taken = tuple(Taken(piece, piece.offense) for piece in pieces if piece.offense)
    return ReadList(taken, tuple(piece for piece in pieces if not piece.offense))


def _ask(piece: Piece, place: int, key: str) -> str | None:
    """Show what a piece was read as, asking where it can be read in more than one way; return the offense."""
    titles = {choice.offense: choice.title for choice in piece.choices}
    widget = f"{key}/{place}/{len(piece.choices)}/{piece.choices[0].offense}"

    def words(offense: str) -> str:
        return plain(f"{offense}: {titles[offense]}")

    offense: str | None
    if piece.offense is None:
        offense = st.radio(
            f"Which offense is '{plain(piece.text)}'?", list(titles), index=None, format_func=words, key=widget
        )
    elif piece.as_cited:
        offense = st.selectbox(
            f"{plain(piece.text)}: which subsection?",
            list(titles),
            format_func=lambda o: f"{o}: {titles[o]}",
            key=widget,
            help="Left as cited, every subsection is analysed; where they differ the answer is possible.",
        )
    else:
        offense = piece.offense
        st.markdown(f"✓ **{plain(piece.text)}** is {words(offense)}{_more(piece)}")
    for note in piece.notes:
        st.caption(plain(note))
    return offense


def _more(piece: Piece) -> str:
    said = [nth(piece.nth).lower()] if piece.nth > 1 else []
    said += [f"{piece.times} counts"] if piece.times > 1 else []
    return f", {', '.join(said)}" if said else ""


def _as_written(piece: Piece) -> str:
    return f"Ct {piece.number}: {piece.text}" if piece.number else piece.text


def counted_charges(taken: Sequence[Taken]) -> int:
    """Return how many counts the pieces taken make."""
    return sum(one.piece.times for one in taken)
