"""The commands on one case file: its analysis, its plea options, its note; and the guard over a text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plea_aid.analysis.signs import as_said
from plea_aid.commands.command import (
    AsJson,
    CaseFile,
    current_law,
    one_line_faults,
    print_json,
    read_case,
    read_text,
    text_lines,
    write_file,
)


def assess(case: CaseFile, as_json: AsJson = False) -> None:
    """Analyse a case file: every option, every ground, every posture."""
    with one_line_faults(case):
        from plea_aid.planning.advice import assess_with_advice

        law = current_law()
        result = assess_with_advice(read_case(case), law)
        if as_json:
            print_json(result.as_json())
            return
        from plea_aid.law.policy import policy_sentence
        from plea_aid.terminal import on_screen, print_assessment

        print_assessment(on_screen(), result, law, policy_sentence(law, result.as_of))


def options(case: CaseFile, as_json: AsJson = False) -> None:
    """Suggest plea options: the smallest changes that avoid a ground, and the whole frontier."""
    with one_line_faults(case):
        from plea_aid.planning.plan import plan

        law = current_law()
        planned = plan(read_case(case), law)
        if as_json:
            print_json(planned.as_json())
            return
        from plea_aid.terminal import on_screen
        from plea_aid.terminal_plan import print_plan

        print_plan(on_screen(), planned, law)


def note(
    case: CaseFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="The PDF to write.")],
    profile: Annotated[str, typer.Option(help="internal, supervisor or comparison.")] = "internal",
) -> None:
    """Write the PDF case note of a case file, without the database."""
    with one_line_faults(case):
        from plea_aid.notes.from_case import note_of_case
        from plea_aid.planning.advice import assess_with_advice

        law = current_law()
        parsed = read_case(case)
        content = note_of_case(parsed, assess_with_advice(parsed, law), law, profile)
        write_file(output, content)
        typer.echo(f"Wrote {as_said(str(output))} ({len(content):,} bytes).")


def guard(
    file: Annotated[str, typer.Argument(help="Text to scan, one entry a line; - for standard input.")] = "-",
    as_json: AsJson = False,
) -> None:
    """Scan text for information that Section 2 of the resolution protects."""
    with one_line_faults(file):
        from plea_aid.privacy.guard import load_guard

        scanned = load_guard().scan_lines(text_lines(read_text(file)))
        if as_json:
            print_json(scanned)
            return
        for line in scanned["lines"]:
            for hit in line["hits"]:
                typer.echo(f"line {line['line']}, {hit['start']}-{hit['end']}: {hit['kind']}: {as_said(hit['text'])}")
        if not any(line["hits"] for line in scanned["lines"]):
            typer.echo("Nothing found.")
