"""Forms that a trainer fills in for a whole class: attendance of a session, results of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField, IntegerField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from skillhub.base.errors import Invalid
from skillhub.courses.rules.attendance import THERE, WORDS, Mark
from skillhub.courses.rules.results import HIGHEST, Marks
from skillhub.web.forms import Form, Row


class AttendanceRow(Row):
    """One person's session."""

    receipt = HiddenField()
    state = RadioField(
        _l("情况"),
        choices=[SelectChoice(str(state), word) for state, (word, _) in WORDS.items()],
        validators=[Optional()],
    )
    minutes = IntegerField(_l("分钟"), validators=[Optional(), NumberRange(min=0)])

    def mark(self) -> Mark | None:
        """Return what was filled in, None where nothing was chosen; who was not there has no minutes."""
        if not self.state.data:
            return None
        minutes = (self.minutes.data or 0) if self.state.data in THERE else 0
        return Mark(receipt=self.receipt.data or "", state=self.state.data, minutes=minutes)


class AttendanceForm(Form):
    """The attendance of one session."""

    rows = FieldList(FormField(AttendanceRow))

    def marks(self) -> list[Mark]:
        """Return what was filled in."""
        return [mark for row in self.rows for mark in [row.form.mark()] if mark is not None]


class ResultRow(Row):
    """One person's marks."""

    receipt = HiddenField()
    theory = IntegerField(_l("理论"), validators=[Optional(), NumberRange(min=0, max=HIGHEST)])
    practice = IntegerField(_l("实操"), validators=[Optional(), NumberRange(min=0, max=HIGHEST)])

    def marks(self) -> Marks | None:
        """Return what was filled in, None where neither mark was."""
        if self.theory.data is None and self.practice.data is None:
            return None
        return Marks(receipt=self.receipt.data or "", theory=self.theory.data, practice=self.practice.data)


class ResultsForm(Form):
    """The results of a batch."""

    rows = FieldList(FormField(ResultRow))

    def marks(self) -> list[Marks]:
        """Return what was filled in."""
        return [marks for row in self.rows for marks in [row.form.marks()] if marks is not None]


@contextmanager
def in_rows() -> Iterator[None]:
    """Let a service's errors name the rows of the form."""
    try:
        yield
    except Invalid as error:
        moved = (
            replace(each, field=f"rows.{each.field}") if each.field != "body" else each
            for each in error.errors
        )
        raise Invalid(*moved, **error.facts) from error
