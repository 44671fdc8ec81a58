"""What happens when several officers and clerks act at the same moment, on both databases."""

import threading

import pytest
from sqlalchemy import func, select

from skillhub.activities.model import ActivitySignIn
from skillhub.activities.service import doors, planning
from skillhub.app import create_app
from skillhub.base import clock
from skillhub.base.db import db
from skillhub.base.errors import SkillHubError
from skillhub.config import Config
from skillhub.districts import queries
from skillhub.districts.queries import clerks as clerk_queries
from skillhub.districts.rules.sites import About
from skillhub.districts.service import clerks, sites
from skillhub.testing.factories.base import LUNAN, Persons, make_districts
from skillhub.testing.pytest_plugin import DAY
from tests.activities.conftest import STARTS, a_plan

AT_ONCE = 4


@pytest.fixture
def shared(database_url, work_folder, keys_folder):
    """An application on a database of its own, where several threads really commit."""
    config = Config(profile="test", data=str(work_folder), keys=str(keys_folder), database_url=database_url)
    app = create_app(config, inline_work=True)
    with app.app_context(), clock.frozen_at(DAY):
        db.create_all()
        make_districts()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def officer(shared):
    return Persons(LUNAN).officer()


@pytest.fixture
def add(officer):
    def one(name, kind, tier, parent=None):
        about = About(name=name, address="")
        return sites.add(
            actor=officer.actor, district=LUNAN, about=about, kind=kind, tier=tier, parent=parent
        )

    return one


def at_once(app, acts, at=DAY):
    """Let threads act at the same moment; return what each answered or the code of its error."""
    start = threading.Barrier(len(acts))
    answers = []

    def one(act):
        with app.app_context(), clock.frozen_at(at):
            start.wait()
            try:
                answers.append(act())
            except SkillHubError as error:
                answers.append(error.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return answers


def test_two_street_stations_that_are_moved_below_each_other_at_once_make_no_circle(shared, officer, add):
    market = add("市场", "market", 1)
    pair = [add(name, "station", 2, market) for name in ("甲驿站", "乙驿站")]

    def below(code, parent):
        return lambda: sites.move(actor=officer.actor, code=code, parent=parent, reason="调整", version=1)

    answers = at_once(shared, [below(*pair), below(*pair[::-1])])

    assert sorted(answers) in ([pair[0], "invalid"], sorted([pair[1], "invalid"]))
    assert len(queries.tree(queries.sites(LUNAN))) == 3


def test_of_changes_made_at_once_to_what_was_read_one_is_kept(shared, officer, add):
    code = add("市场", "market", 1)

    def rename(number):
        about = About(name=f"市场{number}", address="")
        return lambda: sites.change(actor=officer.actor, code=code, about=about, version=1)

    answers = at_once(shared, [rename(number) for number in range(AT_ONCE)])

    assert sorted(answers) == [code, *["version_conflict"] * (AT_ONCE - 1)]


def test_a_clerk_who_is_assigned_to_two_sites_at_once_works_at_one(shared, officer, add):
    clerk = Persons(LUNAN).desk()
    pair = [add(name, "market", 1) for name in ("甲市场", "乙市场")]

    def assign(code):
        return lambda: clerks.assign(actor=officer.actor, site=code, person=clerk.handle)

    answers = at_once(shared, [assign(code) for code in pair])

    assert set(answers) <= {*pair, "version_conflict"}
    assert clerk_queries.site_of(clerk.person_id, LUNAN).code in answers


def test_a_person_who_is_signed_in_at_several_desks_at_once_came_once(shared, officer):
    code = planning.announce(actor=officer.actor, district=LUNAN, plan=a_plan())
    guest = Persons(LUNAN).trainee()

    def sign_in():
        return doors.sign_in(actor=officer.actor, activity=code, person=guest.handle, method="document")

    answers = at_once(shared, [sign_in] * AT_ONCE, at=STARTS)

    assert answers == [code] * AT_ONCE
    assert db.session.scalar(select(func.count()).select_from(ActivitySignIn)) == 1
