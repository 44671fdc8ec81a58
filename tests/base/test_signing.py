"""Keys that sign: one file each, counted within a month, and never within reach of what serves pages."""

from __future__ import annotations

from datetime import date

import pytest

from skillhub.base import seal, signing

DAY = date(2025, 11, 10)


def test_keys_of_one_month_are_counted_and_the_newest_signs(tmp_path):
    ids = [signing.make(tmp_path, signing.next_id(tmp_path, "credential-key", DAY)).key_id for _ in range(11)]

    assert ids[:2] == ["credential-key-2025-11", "credential-key-2025-11-2"]
    assert signing.newest(tmp_path, "credential-key").key_id == "credential-key-2025-11-11"
    assert signing.newest(tmp_path, "credential") is None


def test_an_id_that_was_published_is_not_given_again(tmp_path):
    taken = {"allocation-log-2025-11"}

    assert signing.next_id(tmp_path, "allocation-log", DAY, taken) == "allocation-log-2025-11-2"


def test_a_key_is_never_written_over(tmp_path):
    signing.make(tmp_path, "allocation-log-2025-11")

    with pytest.raises(FileExistsError):
        signing.make(tmp_path, "allocation-log-2025-11")


@pytest.mark.parametrize(
    "key_id", ["allocation-log-2025-11", "credential-key-2025-11-2", "offline-key-2025-11"]
)
def test_whoever_serves_pages_refuses_every_key_that_signs(tmp_path, key_id):
    seal.make(tmp_path)
    signing.require_unreadable(tmp_path)  # the control: the other keys are its own
    signing.make(tmp_path, key_id)

    with pytest.raises(seal.KeyProblem, match=key_id):
        signing.require_unreadable(tmp_path)
