"""The case note of a case file alone, without the database."""

from __future__ import annotations

from typing import cast, get_args

from plea_aid import __version__
from plea_aid.analysis.assess import Assessment
from plea_aid.analysis.case import Case
from plea_aid.casework.signoff import law_review
from plea_aid.law.catalogue import Law
from plea_aid.law.policy import FACTOR_SECTION, factor_in_force, policy_sentence
from plea_aid.notes.assemble import note_from_assessment
from plea_aid.notes.content import (
    Authority,
    GroundWords,
    NoteError,
    NoteWords,
    OffenseWords,
    PolicyState,
    Profile,
)
from plea_aid.notes.equivalence import accountability, weights
from plea_aid.notes.render import render_note


def words_of(law: Law) -> NoteWords:
    """Return the law's ids as the words a reader of the note sees; made once for a law."""
    known: NoteWords | None = law.memory.get(NoteWords)
    if known is None:
        known = law.memory[NoteWords] = _words_of(law)
    return known


def _words_of(law: Law) -> NoteWords:
    groups: dict[str, list[str]] = {}
    for posture in law.postures.values():
        groups.setdefault(posture.group, []).append(posture.id)
    return NoteWords(
        grounds={
            g.id: GroundWords(name=g.name, citation=g.citation, kind=g.kind, postures=g.postures)
            for g in law.grounds.values()
        },
        postures={p.id: p.name for p in law.postures.values()},
        posture_groups={n: tuple(ids) for n, ids in groups.items()},
        authorities={
            a.id: Authority(
                name=a.name,
                citation=a.citation,
                verified=a.verified,
                treatment=a.treatment,
                proposition=a.proposition,
            )
            for a in law.authorities.values()
        },
        dispositions={d.id: d.name for d in law.dispositions.values()},
        offenses={o.id: OffenseWords(cite=o.cite, title=o.title) for o in law.offenses.values()},
    )


def policy_state(law: Law, assessment: Assessment) -> PolicyState:
    """Return the policy's state on the day of the assessment."""
    day = assessment.as_of
    status = law.policy.section_status(FACTOR_SECTION, day) if law.policy else None
    return PolicyState(
        resolution_title=law.policy.title if law.policy else "No policy on file",
        section_5_in_force=factor_in_force(law, day),
        since=status.from_ if status else None,
        sentence=policy_sentence(law, day),
    )


def note_of_case(case: Case, assessment: Assessment, law: Law, profile: str = "internal") -> bytes:
    """Return the PDF of a case file's note; raise NoteError for an unknown profile or what cannot be set."""
    accepted = get_args(Profile)
    if profile not in accepted:
        raise NoteError(f"'{profile}' is not a profile; accepted: {', '.join(accepted)}")
    unverified = dict.fromkeys(u for o in assessment.options for c in o.counts for u in c.unverified)
    data = note_from_assessment(
        assessment.as_json(),
        case.as_document(),
        law_words=words_of(law),
        policy=policy_state(law, assessment),
        profile=cast(Profile, profile),
        office=law.policy.office if law.policy else "",
        prepared_on=assessment.as_of,
        law_review=law_review(law, (), assessment.as_json()),
        accountability=accountability(weights(law, case, assessment.options)),
        unverified=tuple(unverified),
        program_version=__version__,
    )
    return render_note(data)
