"""Forms about batches: filing one with its sessions as rows, its seats, and calling it off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DateTimeLocalField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from skillhub.base.errors import FieldError, Invalid
from skillhub.base.faults import Faults
from skillhub.courses.rules import places
from skillhub.courses.rules.allocation import Mode, Quota
from skillhub.courses.rules.batches import LONGEST_REASON, PARTS, PlannedSession
from skillhub.courses.rules.places import Place
from skillhub.courses.rules.plans import LONGEST_GROUP, MODES, MOST_QUOTAS
from skillhub.web.forms import Form, Row, choices

ROWS = 10
QUOTA_ROWS = 3
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
_CLOCK = ["%H:%M", "%H:%M:%S"]
_ROW_FIELDS = {"starts_at": "starts", "ends_at": "ends", "part": "part"}
_PATHS = {"place.name": "place_name", "place.address": "place_address", "place.position": "place_position"}


class SessionRow(Row):
    """One meeting; a row without anything in it is left out."""

    day = DateField(_l("日期"), validators=[Optional()])
    starts = TimeField(_l("上课"), format=_CLOCK, validators=[Optional()])
    ends = TimeField(_l("下课"), format=_CLOCK, validators=[Optional()])
    part = SelectField(
        _l("内容"),
        choices=[SelectChoice("", _l("请选")), *(SelectChoice(part, word) for part, word in PARTS.items())],
        validators=[Optional()],
    )

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was filled in."""
        return not any(field.raw_data and field.raw_data[0] for field in self)


class QuotaRow(Row):
    """Seats kept for one group; a row without anything in it is left out."""

    group = StringField(_l("人员类别"), validators=[Optional(), Length(max=LONGEST_GROUP)])
    seats = IntegerField(_l("留几个"), validators=[Optional()])

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was filled in."""
        return not any(field.raw_data and field.raw_data[0] for field in self)


class BatchForm(Form):
    """A batch to be filed; lists of choices are filled by the view."""

    course = SelectField(_l("课程"), validators=[InputRequired(_l("请选一门课程；没有就先登记课程。"))])
    order = SelectField(_l("为哪个订单开班"), validators=[Optional()])
    trainer = SelectField(_l("老师"), validators=[InputRequired(_l("请选一位老师。"))])
    seats = IntegerField(_l("名额"), validators=[InputRequired(_l("请填名额，比如8。"))])
    opens_at = DateTimeLocalField(
        _l("报名开始"),
        format=_FORMATS,
        validators=[InputRequired(_l("请填日期和时间，比如2025-11-12 09:00。"))],
    )
    closes_at = DateTimeLocalField(
        _l("报名结束"),
        format=_FORMATS,
        description=_l("要在第一次上课之前"),
        validators=[InputRequired(_l("请填日期和时间，比如2025-11-20 17:00。"))],
    )
    mode = SelectField(_l("录取方式"), choices=choices(MODES.items()), default=Mode.FIRST_COME.value)
    quotas = FieldList(FormField(QuotaRow), min_entries=QUOTA_ROWS, max_entries=MOST_QUOTAS)
    release_at = DateTimeLocalField(_l("留着没用完的，几时放开"), format=_FORMATS, validators=[Optional()])
    cut_off = DateTimeLocalField(
        _l("几时停止递补（可不填）"),
        format=_FORMATS,
        description=_l("不填就是开课前一天"),
        validators=[Optional()],
    )
    place_name = StringField(_l("上课地点"), description=_l("比如：收纳工作室"), validators=[InputRequired()])
    place_address = StringField(_l("地址"), validators=[InputRequired()])
    place_position = StringField(_l("经纬度（可不填）"), description=_l("先经度后纬度，比如118.17,39.63"))
    sessions = FieldList(FormField(SessionRow), min_entries=ROWS, max_entries=100)

    def place(self) -> Place:
        """Return where the class is held.

        :raises Invalid: the position is none.
        """
        faults = Faults()
        text = (self.place_position.data or "").replace("，", ",").strip()
        position = places.position(faults, "place_position", text) if text else None
        faults.stop()
        return Place(self.place_name.data or "", self.place_address.data or "", position)

    def kept(self) -> list[Quota]:
        """Return the seats that are kept for groups.

        :raises Invalid: a row is filled in by half.
        """
        faults = Faults()
        rows = [entry.form for entry in self.quotas if not entry.form.is_empty]
        for row in rows:
            if not (row.group.data or "").strip() or row.seats.data is None:
                faults.add("quotas", "missing", _l("人员类别和个数要一起填。请填好，或整行清空。"))
        faults.stop()
        return [Quota(group=row.group.data.strip(), seats=row.seats.data) for row in rows]

    def filled(self) -> list[int]:
        """Return the numbers of the rows in which something was filled in."""
        return [number for number, row in enumerate(self.sessions) if not row.form.is_empty]

    def planned(self, zone: str) -> list[PlannedSession]:
        """Return the meetings.

        :raises Invalid: a row is filled in by half.
        """
        faults = Faults()
        rows = []
        for number in self.filled():
            row = self.sessions[number].form
            for name in ("day", "starts", "ends", "part"):
                if not row[name].data and not row[name].errors:
                    faults.add(
                        f"sessions.{number}.{name}", "missing", _l("这一行没有填完。请填好，或整行清空。")
                    )
            if not faults.found:
                rows.append(_session(row, zone))
        faults.stop()
        return rows

    @contextmanager
    def at_its_fields(self) -> Iterator[None]:
        """Let a service's errors name this form's fields: its rows count from the filled ones."""
        try:
            yield
        except Invalid as error:
            moved = tuple(replace(each, field=self._own(each)) for each in error.errors)
            raise Invalid(*moved, **error.facts) from error

    def _own(self, error: FieldError) -> str:
        parts = error.field.split(".")
        if parts[0] != "sessions" or len(parts) == 1 or not parts[1].isdigit():
            return _PATHS.get(error.field, error.field)
        filled = self.filled()
        number = int(parts[1])
        if number >= len(filled):
            return "sessions"
        name = parts[2] if len(parts) > 2 else "starts_at"  # noqa: PLR2004 (the row's own field follows its number)
        return f"sessions.{filled[number]}.{_ROW_FIELDS.get(name, name)}"


def _session(row: Row, zone: str) -> PlannedSession:
    return PlannedSession(
        starts_at=_at(row["day"].data, row["starts"].data, zone),
        ends_at=_at(row["day"].data, row["ends"].data, zone),
        part=row["part"].data,
    )


def _at(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour, tzinfo=ZoneInfo(zone))


def aware(local: datetime, zone: str) -> datetime:
    """Return what was typed as local time as an instant."""
    return local.replace(tzinfo=ZoneInfo(zone))


class SeatsForm(Form):
    """Another number of seats."""

    seats = IntegerField(_l("名额改为"), validators=[InputRequired(_l("请填名额，比如8。"))])


class MoveForm(Form):
    """When the first session begins instead; the others move by the same step."""

    first_at = DateTimeLocalField(
        _l("第一次课改到"),
        format=_FORMATS,
        description=_l("其余的课次跟着移同样的天数和钟点"),
        validators=[InputRequired(_l("请填日期和时间，比如2025-11-20 09:00。"))],
    )


class CancelForm(Form):
    """Why a class does not take place."""

    reason = TextAreaField(
        _l("原因"),
        description=_l("报名的人会看到，%(most)s个字以内", most=LONGEST_REASON),
        validators=[InputRequired(_l("请写明原因，报名的人会看到。"))],
    )
