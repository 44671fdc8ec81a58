"""Clock, money, keys, cursors and access decisions: what everything stands on."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from skillhub.base import access, clock, money, paging, seal, texts
from skillhub.base.access import Actor, Grant, Right, Role, Scope
from skillhub.base.errors import Forbidden, Malformed, NotFound, SkillHubError, Unauthenticated


def test_a_frozen_clock_stands_still_and_runs_again_afterwards():
    with clock.frozen_at(datetime(2025, 11, 10, 1, 0, tzinfo=UTC)):
        assert clock.now() == clock.now() == datetime(2025, 11, 10, 1, 0, tzinfo=UTC)
        assert clock.today("Asia/Shanghai").isoformat() == "2025-11-10"
        assert clock.real_now() > datetime(2026, 1, 1, tzinfo=UTC)


def test_the_civil_day_is_the_districts():
    with clock.frozen_at(datetime(2025, 11, 10, 16, 30, tzinfo=UTC)):
        assert clock.today("Asia/Shanghai").isoformat() == "2025-11-11"


def test_a_clock_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"), clock.frozen_at(datetime(2025, 11, 10)):  # noqa: DTZ001 (that is the point)
        pass


def test_a_moved_clock_runs_on_from_where_it_was_set():
    set_at = clock.real_now() - timedelta(hours=2)
    clock.use_source(lambda: clock.Setting(datetime(2025, 11, 10, 1, 0, tzinfo=UTC), set_at))
    try:
        assert (
            timedelta(hours=2)
            <= clock.now() - datetime(2025, 11, 10, 1, 0, tzinfo=UTC)
            < timedelta(hours=2.1)
        )
    finally:
        clock.use_source(None)


@pytest.mark.parametrize(
    ("amount_fen", "figures", "capitals"),
    [
        (100_000, "1,000.00", "壹仟元整"),
        (0, "0.00", "零元整"),
        (105, "1.05", "壹元零伍分"),
        (10_000_500, "100,005.00", "壹拾万零伍元整"),
        (2_040_000, "20,400.00", "贰万零肆佰元整"),
        (123_456_789, "1,234,567.89", "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        (-5_050, "−50.50", "负伍拾元伍角整"),
    ],
)
def test_money_is_shown_in_figures_and_in_the_capitals_of_a_claim_form(amount_fen, figures, capitals):
    assert money.yuan(amount_fen) == figures
    assert money.capitals(amount_fen) == capitals


@given(st.integers(min_value=0, max_value=10**13))
def test_yuan_and_fen_are_the_same_amount(amount_fen):
    assert money.fen(money.yuan(amount_fen).replace(",", "")) == amount_fen


@given(st.integers(min_value=1, max_value=10**11))
def test_capitals_never_double_a_zero_and_never_end_in_one(amount):
    text = money.capitals(amount * 100)

    assert "零零" not in text
    assert not text.removesuffix("元整").endswith("零")


@pytest.fixture
def ring(tmp_path):
    seal.make(tmp_path / "keys")
    return seal.load(tmp_path / "keys")


def test_a_sealed_text_opens_in_its_row_and_in_no_other(ring):
    sealed = ring.seal("130202197503089985", bound_to="person.id_number:p-1")

    assert ring.opened(sealed, bound_to="person.id_number:p-1") == "130202197503089985"
    assert b"130202" not in sealed
    with pytest.raises(InvalidTag):
        ring.opened(sealed, bound_to="person.id_number:p-2")


def test_the_same_text_is_sealed_differently_and_hashed_alike(ring):
    assert ring.seal("x", bound_to="a") != ring.seal("x", bound_to="a")
    assert ring.hashed("phone", "1") == ring.hashed("phone", "1") != ring.hashed("identity", "1")


def test_keys_that_others_can_read_are_refused_with_what_to_do(tmp_path):
    seal.make(tmp_path / "keys")
    (tmp_path / "keys" / "lookup.key").chmod(0o644)

    with pytest.raises(seal.KeyProblem, match="chmod 600"):
        seal.load(tmp_path / "keys")


@pytest.mark.parametrize("name", ["seal-1.key", "lookup.key", "session.key"])
def test_a_key_that_is_gone_or_damaged_is_named(tmp_path, name):
    seal.make(tmp_path / "keys")
    (tmp_path / "keys" / name).write_text("short", encoding="ascii")
    with pytest.raises(seal.KeyProblem, match=name):
        seal.load(tmp_path / "keys")

    (tmp_path / "keys" / name).unlink()
    with pytest.raises(seal.KeyProblem, match=name.partition("-")[0]):
        seal.load(tmp_path / "keys")


def test_a_later_key_seals_and_the_earlier_still_opens(tmp_path):
    seal.make(tmp_path / "keys")
    sealed = seal.load(tmp_path / "keys").seal("x", bound_to="a")
    (tmp_path / "keys" / "seal-2.key").write_text("ab" * 32, encoding="ascii")
    (tmp_path / "keys" / "seal-2.key").chmod(0o600)

    ring = seal.load(tmp_path / "keys")

    assert ring.opened(sealed, bound_to="a") == "x"
    assert ring.seal("x", bound_to="a").startswith(b"2:")


@given(st.integers(0, paging.LARGEST_KEY) | st.text().filter(lambda text: not texts.is_hidden(text)))
def test_a_cursor_comes_back_as_it_was(key):
    assert paging.after(paging.cursor(key)) == key


@pytest.mark.parametrize(
    "text", ["***", "bnVsbA", "W10", "é", paging.cursor("a\0b"), paging.cursor(2**31), paging.cursor(-1)]
)
def test_a_cursor_that_is_not_ours_is_refused(text):
    with pytest.raises(Malformed):
        paging.after(text)


def test_a_page_says_whether_there_is_more():
    assert paging.page([1, 2, 3], 2, lambda item: item).items == (1, 2)
    assert paging.page([1, 2], 2, lambda item: item).next is None
    assert paging.after(paging.page([1, 2, 3], 2, lambda item: item).next) == 2


OFFICER = Actor(person_id=1, grants=(Grant(Role.OFFICER, "130202"),))


def test_nobody_is_401_no_role_is_403_and_the_role_for_others_is_404():
    access.require(OFFICER, Right(Role.OFFICER, district="130202"))
    with pytest.raises(Unauthenticated):
        access.require(access.ANONYMOUS, Right(Role.OFFICER, district="130202"))
    with pytest.raises(Forbidden):
        access.require(OFFICER, Right(Role.SCHOOL, organisation=1))
    with pytest.raises(NotFound):
        access.require(OFFICER, Right(Role.OFFICER, district="440103"))


def test_a_right_to_oneself_is_nobody_elses():
    trainee = Actor(person_id=7, grants=(Grant(Role.TRAINEE, "130202"),))

    assert access.may(trainee, Right(Role.TRAINEE, person=7))
    assert not access.may(trainee, Right(Role.TRAINEE, person=8))


def test_a_token_is_good_for_its_scopes_and_a_person_at_the_pages_for_all():
    token = Actor(person_id=1, grants=OFFICER.grants, scopes=frozenset({Scope.READ}))

    access.require_scope(token, Scope.READ)
    access.require_scope(OFFICER, Scope.DECIDE)
    with pytest.raises(access.ScopeMissing):
        access.require_scope(token, Scope.DECIDE)


def test_an_error_fills_its_facts_into_its_message(app):
    class Named(SkillHubError):
        message = "第%(n)s行"

    with app.test_request_context():
        assert Named(n=3).text() == "第3行"
        assert SkillHubError().text().startswith("没有办成")
