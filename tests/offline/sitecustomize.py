"""Python runs this at the start of every process the tests start: none of them reaches outside, and a try is noted."""

import os

from plea_aid.outbound import stay_inside


def note(what: str) -> None:
    with open(os.environ["OUTBOUND_NOTES"], "a", encoding="utf-8") as notes:
        notes.write(f"{what}\n")


stay_inside(note)
