"""The content of a note set by two other makers of PDF, each on the path its manual recommends.

Nothing stands on their pages that is not in the blocks: no running heads, and the heads of a table once.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from plea_aid.bench.pdf_blocks import Block, Text

Setter = Callable[[Sequence[Block]], bytes]
STYLE = """
@page { size: letter; margin: 0.85in; }
thead { display: table-row-group; }
body { font-family: serif; font-size: 10pt; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; font-size: 9pt; }
th, td { border-bottom: 0.4pt solid #999; padding: 4pt; text-align: left; vertical-align: top; }
"""


def weasyprint() -> Setter:
    """Return WeasyPrint with its fonts configured and its style sheet parsed once; raise ImportError without it."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    sheet = CSS(string=STYLE, font_config=fonts)

    def set_blocks(blocks: Sequence[Block]) -> bytes:
        parts = ["<!doctype html><html lang=en><title>Note</title><body>", *map(_html, blocks)]
        pdf: bytes = HTML(string="".join(parts)).write_pdf(stylesheets=[sheet], font_config=fonts, pdf_tags=True)
        return pdf

    return set_blocks


def _html(block: Block) -> str:
    if isinstance(block, Text):
        tag = f"h{block.level}" if block.level else "p"
        return f"<{tag}>{escape(block.words)}</{tag}>"
    rows = [
        "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row) + "</tr>"
        for place, row in enumerate(block.rows)
        for tag in ("th" if place < block.heads else "td",)
    ]
    return f"<table><thead>{''.join(rows[: block.heads])}</thead><tbody>{''.join(rows[block.heads :])}</tbody></table>"


def reportlab() -> Setter:
    """Return ReportLab's flowables; raise ImportError without it. It makes no tags, so its PDF says less."""
    from reportlab.lib.pagesizes import letter
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, TableStyle

    styles = getSampleStyleSheet()
    ruled = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, "#999999")])

    def set_blocks(blocks: Sequence[Block]) -> bytes:
        out = io.BytesIO()
        page = SimpleDocTemplate(out, pagesize=letter, leftMargin=61, rightMargin=61, topMargin=61, bottomMargin=61)
        page.build([flowable(one, page.width) for one in blocks])
        return out.getvalue()

    def flowable(block: Block, width: float) -> Any:
        if isinstance(block, Text):
            return Paragraph(escape(block.words), styles[f"Heading{block.level}" if block.level else "BodyText"])
        columns = max(len(row) for row in block.rows)
        cells = [[Paragraph(escape(cell), styles["BodyText"]) for cell in _padded(row, columns)] for row in block.rows]
        table = LongTable(cells, colWidths=[width / columns] * columns, splitInRow=1)
        table.setStyle(ruled)
        return table

    return set_blocks


def _padded(row: tuple[str, ...], columns: int) -> tuple[str, ...]:
    return (*row, *[""] * (columns - len(row)))


SETTERS: dict[str, Callable[[], Setter]] = {"WeasyPrint": weasyprint, "ReportLab": reportlab}
