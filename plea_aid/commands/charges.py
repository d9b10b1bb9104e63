"""The command on a charging list: its counts as a case file holds them."""

from __future__ import annotations

from typing import Annotated

import typer

from plea_aid.commands.command import AsJson, current_law, one_line_faults, print_json, read_text


def charges(
    text: Annotated[str, typer.Argument(help="A charging list, such as 'PFMA 1st; DUI 2nd'; - for standard input.")],
    as_json: AsJson = False,
) -> None:
    """Read a charging list into the counts of a case file; what is not clear is asked on stderr, and exits 2."""
    with one_line_faults("charges"):
        from plea_aid.analysis.charging_list import Taken, numbered, read_list

        law = current_law()
        pieces = read_list(law, read_text("-") if text == "-" else text)
        counts = numbered([Taken(piece, piece.offense) for piece in pieces if piece.offense])
        asked = [piece for piece in pieces if piece.choices and not piece.offense]
        unread = [piece for piece in pieces if piece.fault]
        if as_json:
            print_json(
                {
                    "law": law.version,
                    "counts": counts,
                    "asked": [
                        {"text": p.text, "choices": [{"offense": c.offense, "title": c.title} for c in p.choices]}
                        for p in asked
                    ],
                    "unread": [{"text": p.text, "because": p.fault} for p in unread],
                }
            )
        else:
            for count in counts:
                typer.echo("[[count]]")
                for key, value in count.items():
                    typer.echo(f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}")
        problems = [
            f"'{p.text}' may be {' or '.join(f'{c.offense} ({c.title})' for c in p.choices)}; write the citation"
            for p in asked
        ]
        problems += [f"'{p.text}': {p.fault}" for p in unread]
        if not pieces:
            problems = ["the list is empty; accepted are charges such as 'PFMA 1st; theft 45-6-301; DUI 2nd'"]
        if problems:
            raise ValueError("\n".join(problems))
