"""The office's desk card: its commonest offenses against the grounds it chose, on two pages to print.

What stands on the card is data (``law.desk_card``); the levels are those of the analysis, the reminders are the law's
own definitions. Each offense is analysed as a first one, with nothing ordered and with the longest term ordered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from plea_aid.analysis.classify import classify
from plea_aid.law.catalogue import Law
from plea_aid.law.desk_card import CardColumn, CardReminder, DeskCard
from plea_aid.law.policy import policy_sentence
from plea_aid.law.records import Offense
from plea_aid.notes.chart import Reach, reaches_of, weight
from plea_aid.notes.content import LEVEL_MEANINGS, Level
from plea_aid.notes.render import render_template
from plea_aid.notes.view import LEGEND
from plea_aid.notes.view import day as day_words

TITLE = "Desk card: likely immigration consequences"
FILE_NAME = "plea-aid-desk-card.pdf"


def desk_card_pdf(law: Law, day: date) -> bytes:
    """Return the card as of ``day`` as a tagged PDF (PDF/UA-1); the same law and day give the same bytes.

    Raises LookupError when the office has no card on that day, NoteError when the document cannot be set.
    """
    return render_template("desk-card.typ", card_view(law, day))


def card_view(law: Law, day: date) -> dict[str, Any]:
    """Return the words of the card in reading order; raise LookupError when the office has no card on that day."""
    card = law.desk_card(day)
    if card is None:
        raise LookupError(f"there is no desk card for {day}; it would stand in {law.folder / 'helena' / 'desk-card'}")
    office = law.policy.office if law.policy else ""
    return {
        "document_title": f"{TITLE}, as of {day_words(day)}",
        "title": TITLE,
        "office": office,
        "running": f"As of {day_words(day)}",
        "law_line": f"Law {law.version}",
        "date": [day.year, day.month, day.day],
        "standing": card.standing,
        "disposition": law.dispositions[card.disposition].name,
        "policy": policy_sentence(law, day),
        "heads": [column.name for column in card.columns],
        "rows": [_row(law.find(cite)[0], card, law, day) for cite in card.offenses],
        "levels": [{"level": level, "meaning": LEVEL_MEANINGS[level]} for level in LEGEND],
        "reminders": [_reminder(law, r) for r in card.reminders],
        "words": [{"term": law.glossary[w].term, "says": law.glossary[w].says} for w in card.words],
        "unverified": list(card.unverified),
        "source": card.source,
    }


def _row(offense: Offense, card: DeskCard, law: Law, day: date) -> dict[str, Any]:
    penalty = law.penalty(offense, 1, day, {})
    reaches = reaches_of(offense, law, day, card.disposition)
    matches: dict[str, Level] = {m.category: m.level or "not-analysed" for m in classify(offense, law, day)}
    jail = f"{penalty.jail_max_days} days" if penalty.jail_max_days else "no jail"
    return {
        "cite": offense.cite,
        "title": offense.title,
        "maximum": f"{jail}, ${penalty.fine_max:,}",
        "verified": penalty.verified and not offense.unverified,
        "cells": [
            {"bare": matches[column.category], "most": matches[column.category]}
            if column.category
            else _cell(column, reaches, law)
            for column in card.columns
        ],
    }


def _cell(column: CardColumn, reaches: Iterable[Reach], law: Law) -> dict[str, Level]:
    """The strongest level in a column, with nothing ordered and with the most ordered."""
    mine = [r for r in reaches if r.ground in column.grounds or law.grounds[r.ground].kind in column.kinds]
    return {
        "bare": max((r.bare for r in mine), key=weight, default="none"),
        "most": max((r.most for r in mine), key=weight, default="none"),
    }


def _reminder(law: Law, reminder: CardReminder) -> dict[str, Any]:
    entry, rule = law.glossary.get(reminder.term), law.definitions.get(reminder.definition)
    told = entry or law.definitions[reminder.definition]
    cited = [law.authorities[a] for a in told.authorities]
    return {
        "name": entry.term if entry else law.definitions[reminder.definition].name,
        "says": told.says,
        "authorities": "; ".join(f"{a.citation}{'' if a.verified else ' (not verified)'}" for a in cited),
        "unverified": list(rule.unverified) if rule else [],
        "prominent": reminder.prominent,
    }
