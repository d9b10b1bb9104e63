"""The law commands: look up, validate, compare, draft, evaluate, print."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from plea_aid.analysis.signs import as_said
from plea_aid.commands.command import AsJson, current_law, group, one_line_faults, print_json, read_text, write_file

law_app = group("Look up, validate and compare the law data.")


@law_app.command("show")
def law_show(
    cite: Annotated[str, typer.Argument(help="A citation, a catalogue id, or the id of a ground or authority.")],
    as_json: AsJson = False,
) -> None:
    """Show an offense, a ground or an authority with its sources."""
    with one_line_faults(cite):
        from plea_aid.lookup import print_lookup, show

        law = current_law()
        found = show(law, cite)
        if as_json:
            print_json(found)
        else:
            print_lookup(law, cite)


@law_app.command("check")
def law_check() -> None:
    """Validate every law file, the release profiles and the guard's detectors: schema, references, dates."""
    with one_line_faults("law"):
        from plea_aid.law.check import check_law
        from plea_aid.law.releases import check_releases, load_releases
        from plea_aid.law.retention import load_retention
        from plea_aid.privacy.guard import load_guard
        from plea_aid.privacy.scorecard import load_corpus

        law = current_law()
        load_guard().check()
        load_corpus()
        problems, remarks = check_law(law)
        problems += check_releases(law, load_releases())
        cited = load_retention().authorities
        problems += [f"retention: there is no authority '{a}'" for a in cited if a not in law.authorities]
        for line in problems:
            typer.echo(line, err=True)
        if problems:
            raise typer.Exit(2)
        for line in remarks:
            typer.echo(line)
        typer.echo(f"Law {law.version}: no fault.")


@law_app.command("draft")
def law_draft(
    file: Annotated[str, typer.Argument(help="An offense as elements and penalties (TOML), or - for standard input.")],
    as_json: AsJson = False,
) -> None:
    """Draft the classification of a statute from its elements and penalties alone."""
    with one_line_faults(file):
        from plea_aid.analysis.draft import draft_json, parse_draft

        law, day = current_law(), date.today()
        offense = parse_draft(read_text(file), law, day)
        drafted = draft_json(offense, law, day)
        if as_json:
            print_json(drafted)
            return
        from plea_aid.terminal import on_screen, print_draft

        print_draft(on_screen(), offense, law, drafted)


@law_app.command("evaluate")
def law_evaluate(
    file: Annotated[str, typer.Argument(help="A table of published outcomes (TOML, [[entry]]).")],
    as_json: AsJson = False,
) -> None:
    """Run a table of holdings or examples and print the agreement by family."""
    with one_line_faults(file):
        from plea_aid.analysis.evaluate import evaluate, parse_entries

        result = evaluate(parse_entries(read_text(file)), current_law(), date.today())
        if as_json:
            print_json(result.as_json())
            return
        from plea_aid.terminal import on_screen, print_agreement

        print_agreement(on_screen(), result)


@law_app.command("diff")
def law_diff(
    old: Annotated[Path, typer.Argument(help="The folder of the older law data.")],
    new: Annotated[Path, typer.Argument(help="The folder of the newer law data.")],
    as_json: AsJson = False,
) -> None:
    """Show, word by word, how two versions of the law differ, and which offenses' conclusions change."""
    with one_line_faults("law diff"):
        from plea_aid.analysis.comparison import compare_laws
        from plea_aid.law.load import read_law

        changes = compare_laws(read_law(old), read_law(new), date.today())
        if as_json:
            print_json(changes.as_json())
            return
        from plea_aid.terminal import on_screen, print_changes

        print_changes(on_screen(), changes)


@law_app.command("impact")
def law_impact(
    old: Annotated[Path | None, typer.Argument(help="The folder of the older law data.")] = None,
    new: Annotated[Path | None, typer.Argument(help="The folder of the newer law data.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the stored analyses whose findings change between two folders of law data.

    Without folders: between the law each analysis was made under and the law of this installation. That is kept, and
    the owners of the cases see it. A case is named by its id, which opens it for whoever may open it.
    """
    with one_line_faults("law impact"):
        if (old is None) != (new is None):
            raise ValueError("give two folders of law data, the older one first, or none")
        from plea_aid.commands.impact import report, stored_impact, what_if_impact

        found = what_if_impact(old, new) if old and new else stored_impact()
        report(found, as_json)


@law_app.command("chart")
def law_chart(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write: .pdf, .csv or .json.")],
) -> None:
    """Write the chart of the whole catalogue as of today: every offense against every kind of consequence."""
    with one_line_faults(str(output)):
        from plea_aid.notes.chart_files import chart_file

        content = chart_file(current_law(), date.today(), output.suffix)
        write_file(output, content)
        typer.echo(f"Wrote {as_said(str(output))} ({len(content):,} bytes).")


@law_app.command("card")
def law_card(
    output: Annotated[Path, typer.Option("--out", "-o", help="The PDF to write.")],
) -> None:
    """Write the office's two-page desk card as of today: its commonest offenses, the levels, the reminders."""
    with one_line_faults(str(output)):
        from plea_aid.notes.desk_card import desk_card_pdf

        content = desk_card_pdf(current_law(), date.today())
        write_file(output, content)
        typer.echo(f"Wrote {as_said(str(output))} ({len(content):,} bytes).")


@law_app.command("words")
def law_words(
    as_json: AsJson = False,
    into: Annotated[Path | None, typer.Option(help="A document whose generated part to bring up to date.")] = None,
) -> None:
    """Print the element vocabulary: the words that offenses and doctrine rules are written with."""
    with one_line_faults(str(into or "law words")):
        from plea_aid.law.words import words_json, words_markdown

        law = current_law()
        if as_json:
            print_json(words_json(law))
            return
        _print_or_put(words_markdown(law), "law words", into)


@law_app.command("coverage")
def law_coverage(
    as_json: AsJson = False,
    into: Annotated[Path | None, typer.Option(help="A document whose generated part to bring up to date.")] = None,
) -> None:
    """Count what the law data covers, and list the grounds that no offense of the catalogue can reach."""
    with one_line_faults(str(into or "law coverage")):
        from plea_aid.analysis.coverage import coverage, coverage_markdown, unreachable_markdown

        counts = coverage(current_law())
        if as_json:
            print_json(counts)
            return
        _print_or_put(coverage_markdown(counts), "law coverage", into)
        if into is None:
            typer.echo(f"\n{unreachable_markdown(counts)}")


def _print_or_put(content: str, command: str, into: Path | None) -> None:
    """Print generated Markdown, or put it between its marks in a document."""
    if into is None:
        typer.echo(content)
        return
    from plea_aid.law.words import with_generated

    into.write_text(with_generated(read_text(str(into)), command, content), encoding="utf-8", newline="\n")
    typer.echo(f"Brought {into} up to date.")
