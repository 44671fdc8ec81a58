"""What all forms share: a key that makes a double click harmless, our words, and errors at their fields."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from flask import request, session
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice

from skillhub.base import texts
from skillhub.base.errors import Invalid
from skillhub.web import once as repeated
from skillhub.web import requests
from skillhub.web.form_words import OurWords

_HIDDEN = ("csrf_token", "idempotency_key")


class _Meta:
    """Standard messages in our own words."""

    def get_translations(self, _form: object) -> OurWords:
        """Return the words for WTForms' own messages."""
        return OurWords()


class Row(PlainForm):
    """Base of what stands several times in a form: the rows of a `FieldList`."""

    class Meta(_Meta):
        """Standard messages in our own words."""


class Form(FlaskForm):
    """Base of every form; templates print `hidden(form)` and each field by `field(…)`."""

    class Meta(_Meta, FlaskForm.Meta):
        """Standard messages in our own words."""

    idempotency_key = HiddenField(default=lambda: str(uuid.uuid4()))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape; a page that shows errors answers 422."""
        is_right = bool(super().validate(extra_validators)) and not self._hidden()
        if not is_right:
            requests.here().has_form_errors = True
        return is_right

    def _hidden(self) -> bool:
        """Put an error at each field with characters that nobody sees, and tell whether there was one."""
        wrong = [field for field in _all(self) if _is_hidden(field.raw_data)]
        for field in wrong:
            field.errors = [
                *field.errors,
                str(_l("里面有看不见的字符，多半是粘贴时带进来的。请删掉后重新输入。")),
            ]
        return bool(wrong)


def choices(pairs: Iterable[tuple[str, str | LazyString]]) -> list[SelectChoice]:
    """Return values and labels as the choices of a select or radio field."""
    return [SelectChoice(value, label) for value, label in pairs]


def once(call: Callable[[], str], *, kept_by: repeated.Kept | None = None) -> str:
    """Run a service call once for this form's key and return its reference, the first one when repeated.

    :param kept_by: how the service finds a call whose key it keeps itself (see `once.carry_out`).
    :raises KeyMissing: the form came without its key.
    :raises KeyReused: the key came with other values.
    """
    named = repeated.call(actor=_who(), key=request.form.get("idempotency_key"), body_sha256=_body_sha256())
    done = repeated.carry_out(named, call, kept_by=kept_by)
    return done.reference if isinstance(done, repeated.Replayed) else done


class errors_on:  # noqa: N801 (reads as a phrase: with errors_on(form))
    """Turn a service's `Invalid` into errors of the form's fields, and go on after the block.

    A class and not a generator, so that the type checker knows that it may swallow.
    """

    def __init__(self, form: Form) -> None:
        """Remember the form."""
        self.form = form

    def __enter__(self) -> Form:
        """Begin."""
        return self.form

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        """Put each error at its field, the rest at the head of the form."""
        if not isinstance(error, Invalid):
            return False
        requests.here().has_form_errors = True
        if not error.errors:
            self.form.form_errors.append(error.text())
        for each in error.errors:
            target = _field(self.form, each.field)
            if target is None:
                self.form.form_errors.append(str(each.message))
            else:
                target.errors = [*target.errors, str(each.message)]
        return True


def _is_hidden(raw: Iterable[object] | None) -> bool:
    return any(isinstance(each, str) and texts.is_hidden(each) for each in raw or ())


def _field(form: Form, path: str) -> Field | None:
    """Return the field that a path such as ``sessions.0.starts_at`` names, or the nearest above it."""
    parts = path.split(".")
    while parts:
        name = "-".join(parts)
        found = next((field for field in _all(form) if field.name == name), None)
        if found is not None and found.name not in _HIDDEN:
            return found
        parts.pop()
    return None


def _all(container: Any) -> list[Field]:
    fields = []
    for field in container:
        fields.append(field)
        if hasattr(field, "entries") or hasattr(field, "form"):
            fields.extend(_all(field))
    return fields


def _who() -> str:
    actor = requests.actor()
    if actor.person_id is not None:
        return f"person:{actor.person_id}"
    # The random value behind the CSRF token is there since the form was drawn, and is this browser's alone.
    own = str(session.get("csrf_token", ""))
    return f"browser:{hashlib.sha256(own.encode()).hexdigest()[:32]}"


def _body_sha256() -> str:
    values = sorted((name, value) for name, value in request.form.items(multi=True) if name not in _HIDDEN)
    files = []
    for name, file in sorted(request.files.items(multi=True)):
        files.append((name, hashlib.sha256(file.stream.read()).hexdigest()))
        file.stream.seek(0)
    return hashlib.sha256(json.dumps([values, files], ensure_ascii=False).encode()).hexdigest()
