"""The only place that writes a report as rows for people: in words, as CSV that opens clean, and as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _

from skillhub.imports import words
from skillhub.imports.rules.lines import Line
from skillhub.imports.rules.reports import Report

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def said(line: Line) -> tuple[str, str, str, str, str]:
    """Return number, name, decision, reasons and what was normalised, in the reader's language."""
    return (
        str(line.number),
        line.name,
        words.decision(line.decision),
        " ".join(words.reason(reason) for reason in line.reasons),
        _("、").join(words.field(name) for name in line.normalised),
    )


def as_csv(lines: Iterable[Line]) -> Iterator[str]:
    """Yield the report as CSV with a byte order mark, some lines at a time."""
    yield BOM
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow([_("行"), _("姓名或名称"), "decision", _("结果"), _("原因"), _("整理了什么"), "codes"])
    for line in lines:
        number, name, decision, reasons, normalised = said(line)
        codes = " ".join(reason.code for reason in line.reasons)
        rows.writerow(
            [number, _harmless(name), line.decision.value, decision, _harmless(reasons), normalised, codes]
        )
        if written.tell() > io.DEFAULT_BUFFER_SIZE:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()


def as_json(report: Report) -> dict[str, Any]:
    """Return the report for programs; codes are stable, texts are for people."""
    return {
        "kind": report.kind,
        "is_written": report.is_written,
        "written": report.written,
        "counts": report.counts,
        "lines": [
            {
                "line": line.number,
                "name": line.name,
                "decision": line.decision.value,
                "reasons": [{"code": reason.code, "text": words.reason(reason)} for reason in line.reasons],
                "normalised": list(line.normalised),
            }
            for line in report.lines
        ],
    }


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from running a cell as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
