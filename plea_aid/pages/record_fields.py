"""One question about the record of conviction, on the charge or on a plea."""

from __future__ import annotations

from collections.abc import Callable

from plea_aid.pages.documents import Document
from plea_aid.pages.fields import choice_field, number_field
from plea_aid.pages.questions import NOT_STATED, Question, answer_to_store, stored_answer
from plea_aid.pages.wording import answer


def ask(
    question: Question,
    key: str,
    record: Document,
    save: Callable[[str, object], bool],
    *,
    unanswered: str = "Not stated",
) -> None:
    """Show a question with the answer the record holds; store a new one through ``save(key, value)``."""
    stored = record.get(question.key)
    if question.number:
        number_field(
            question.asks,
            key,
            stored,
            lambda v: save(question.key, v),
            optional=True,
            step=1.0,
        )
        return
    choice_field(
        question.asks,
        key,
        NOT_STATED if stored is None else stored_answer(stored),
        [NOT_STATED, *question.answers],
        lambda a: unanswered if a == NOT_STATED else answer(a),
        lambda a: save(question.key, answer_to_store(a)),
    )
