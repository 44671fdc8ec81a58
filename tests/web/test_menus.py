"""A person with several roles sees the menu of the one that the page belongs to, and a way to the others."""

from __future__ import annotations

import pytest

from skillhub.base.access import ANONYMOUS, Actor, Grant, Role
from skillhub.web import menus

BOTH = Actor(person_id=1, grants=(Grant(Role.TRAINEE, "130202"), Grant(Role.OFFICER, "130202")))


@pytest.fixture
def entries(house):
    menus.add(Role.TRAINEE, "things.new", "报名", 1)
    menus.add(Role.OFFICER, "health.healthz", "待办", 0)
    menus.add(Role.OFFICER, "claims.none_such", "补贴", 1)


@pytest.mark.parametrize(
    ("path", "role"), [("/things/new", Role.TRAINEE), ("/healthz", Role.OFFICER), ("/things/a", Role.OFFICER)]
)
def test_the_menu_is_that_of_the_pages_role_else_of_the_first_held(house, entries, path, role):
    with house.test_request_context(path):
        assert menus.worn(BOTH) == role
        assert menus.shown(BOTH) == menus.of(role)


def test_the_homes_of_the_other_roles_are_offered(house, entries):
    with house.test_request_context("/things/new"):
        assert [(role, entry.href) for role, entry in menus.others(BOTH)] == [(Role.OFFICER, "/healthz")]


def test_an_entry_that_leads_nowhere_is_left_out(house, entries):
    with house.test_request_context("/things/new"):
        assert [entry.label for entry in menus.of(Role.OFFICER)] == ["待办"]


def test_nobody_has_no_menu(house, entries):
    with house.test_request_context("/things/new"):
        assert menus.shown(ANONYMOUS) == ()
        assert menus.others(ANONYMOUS) == ()
