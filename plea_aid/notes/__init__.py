"""Case notes: what a case holds, as a tagged PDF that someone who has never seen the program understands alone.

Three steps, one module each: `content` says what a note may hold, `assemble` fills it from an assessment and a
case file, `view` turns it into words in reading order, `render` sets it with Typst. The pages themselves are the
`.typ` files under `templates/`; what the user typed reaches them as data only, never as source.
"""

from plea_aid.notes.assemble import note_from_assessment
from plea_aid.notes.content import NoteData, NoteError, NoteWords
from plea_aid.notes.render import render_note

__all__ = ["NoteData", "NoteError", "NoteWords", "note_from_assessment", "render_note"]
