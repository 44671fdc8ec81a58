"""Two districts with two training bodies each, full of everything that an address can name.

Everything is made through the services. What no stranger may read holds the
district's marker, and document numbers and phones are remembered, so that a test
can look for them in any answer.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from flask import Flask

from skillhub.accounts.model import RoleGrant
from skillhub.accounts.queries import actors, people
from skillhub.accounts.service import grants, invitations
from skillhub.accounts.service import organisations as organisation_service
from skillhub.accounts.service import people as people_service
from skillhub.activities.rules.plans import Plan
from skillhub.activities.service import doors, planning
from skillhub.base import clock, work
from skillhub.base.access import Role
from skillhub.base.db import db, unit_of_work
from skillhub.courses.queries import applications, batches
from skillhub.courses.rules.attendance import Mark
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.rules.places import Place, Position
from skillhub.courses.service import applications as application_service
from skillhub.courses.service import attendance, courses, orders, results
from skillhub.courses.service import batches as batch_service
from skillhub.courses.service.results import Marks
from skillhub.credentials import queries as certificate_queries
from skillhub.credentials import service as certificate_service
from skillhub.credentials.rules.recalls import Common, Kind
from skillhub.credit.service import engagements, ratings
from skillhub.districts.service import districts, packages, sites
from skillhub.imports.service import files as import_service
from skillhub.jobs import service as jobs
from skillhub.subsidy.rules.steps import Step
from skillhub.subsidy.service import claims
from skillhub.testing.factories.base import (
    LIWAN,
    LUNAN,
    TESTS,
    SomePerson,
    id_number,
    make_districts,
)
from skillhub.testing.factories.packages import packed

MARKERS = {LUNAN: "甲区暗记", LIWAN: "乙区暗记"}
PLUGIN = "tangshan_lunan"
FILED = datetime(2025, 10, 15, 1, 0, tzinfo=UTC)
APPLIED = datetime(2025, 10, 20, 2, 0, tzinfo=UTC)
FIRST_LESSON = datetime(2025, 11, 3, 1, 0, tzinfo=UTC)
MARKED = datetime(2025, 11, 4, 10, 0, tzinfo=UTC)
NOW = datetime(2025, 11, 10, 1, 0, tzinfo=UTC)
LESSON = timedelta(hours=3)
WORKED = (date(2025, 11, 5), date(2025, 11, 8))
_NUMERALS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Corner:
    """One training body and one employer of a district, with their people and all that came of them."""

    district: str
    marker: str
    persons: Mapping[Role, SomePerson]
    objects: Mapping[str, str]

    def person(self, role: Role) -> SomePerson:
        """Return who holds a role here."""
        return self.persons[role]


@dataclass
class World:
    """Four corners: `home`, its neighbour in the same district, and two in another district."""

    home: Corner
    neighbour: Corner
    abroad: Corner
    beyond: Corner
    operator: SomePerson
    id_numbers: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)


class Builder:
    """Makes the world; the clock is moved to when each thing happened."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.serial = itertools.count(1)
        self.id_numbers: set[str] = set()
        self.phones: set[str] = set()

    def build(self) -> World:
        """Return the whole world."""
        make_districts()
        with unit_of_work() as unit:
            districts.switch_in(unit, actor=TESTS, district=LIWAN, plugin=PLUGIN, is_on=True)
        staff = {code: self._staff(code) for code in MARKERS}
        made = [self._corner(code, number, staff[code]) for code in (LUNAN, LIWAN) for number in ("一", "二")]
        for code in MARKERS:
            self._feed(code)
        return World(*made, self.person("运维", Role.OPERATOR, None), self.id_numbers, self.phones)

    def _staff(self, district: str) -> dict[Role, SomePerson]:
        name = MARKERS[district]
        return {role: self.person(name, role, district) for role in (Role.DESK, Role.OFFICER, Role.AUDITOR)}

    def _corner(self, district: str, number: str, staff: Mapping[Role, SomePerson]) -> Corner:
        marker = MARKERS[district]
        body, employer = (
            self._organisation("training_body", district),
            self._organisation("employer", district),
        )
        persons = {
            **staff,
            Role.SCHOOL: self.person(marker, Role.SCHOOL, district, body),
            Role.TRAINER: self.person("教师", Role.TRAINER, district, body),
            Role.EMPLOYER: self.person(marker, Role.EMPLOYER, district, employer),
            Role.TRAINEE: self.person(marker, Role.TRAINEE, district),
        }
        made = _Making(self, district, number, marker, persons, employer[1], body)
        return Corner(district, marker, persons, made.everything())

    def _organisation(self, kind: str, district: str) -> tuple[int, str]:
        code = f"W-{next(self.serial):04d}"
        phone = self.phone()
        with unit_of_work() as unit:
            made = organisation_service.register_in(
                unit,
                actor=TESTS,
                code=code,
                kind=kind,
                district=district,
                name=f"测试机构{code}（虚构）",
                contact_name=MARKERS[district],
                contact_phone=phone,
            )
        return made, code

    def phone(self) -> str:
        """Return a number that nobody else has."""
        phone = f"1887{next(self.serial):07d}"
        self.phones.add(phone)
        return phone

    def person(
        self,
        name: str,
        role: Role,
        district: str | None,
        organisation: tuple[int, str] | None = None,
        *,
        has_document: bool = True,
    ) -> SomePerson:
        """Register a person; staff are staff alone, so that a page shows what one role may."""
        serial = next(self.serial)
        whole = name + "".join(_NUMERALS[int(digit)] for digit in str(serial))
        number, phone = id_number(serial, born="19760412"), self.phone()
        self.id_numbers.add(number)
        with unit_of_work() as unit:
            person_id = people_service.register_in(
                unit,
                actor=TESTS,
                name=whole,
                id_type="resident_id" if has_document else None,
                id_number=number if has_document else None,
                phone=phone,
                district=district or LUNAN,
                is_fictitious=True,
            )
            if role is not Role.TRAINEE:
                grants.grant_in(
                    unit,
                    actor=TESTS,
                    person_id=person_id,
                    role=role,
                    district=district,
                    organisation=organisation[0] if organisation else None,
                )
        if role is not Role.TRAINEE:
            grants.end(actor=TESTS, grant=_grant_of(person_id, Role.TRAINEE))
        view = people.person(person_id)
        code = organisation[1] if organisation else None
        return SomePerson(person_id, view.handle, whole, phone, actors.actor_of(person_id), code)

    def _feed(self, district: str) -> None:
        with self.app.app_context():
            folder = jobs.drop_folder(district)
        folder.mkdir(parents=True, exist_ok=True)
        posting = {
            "编号": "LN-1",
            "岗位名称": "上门保洁",
            "工种": "家政",
            "用人单位": "某家政公司（虚构）",
            "招聘人数": 3,
            "工资": "180元/天",
            "工作地点": "广场街道",
            "经度": 118.18,
            "纬度": 39.63,
            "发布日期": "2025-11-03",
        }
        (folder / "jobs.json").write_text(json.dumps([posting], ensure_ascii=False), encoding="utf-8")
        jobs.refresh(actor=TESTS, district=district)


@dataclass
class _Making:
    """Makes what the people of one corner have to do with each other, in the order of its happening."""

    builder: Builder
    district: str
    number: str
    marker: str
    persons: Mapping[Role, SomePerson]
    employer: str
    body: tuple[int, str]

    def everything(self) -> dict[str, str]:
        """Return the name of each thing by its kind."""
        made: dict[str, str] = {"district": self.district, "plugin": PLUGIN, "employer": self.employer}
        classmate, third, fourth, unclaimed = (
            self.builder.person(self.marker, Role.TRAINEE, self.district) for _ in range(4)
        )
        newcomer = self.builder.person(self.marker, Role.TRAINEE, self.district, has_document=False)
        colleague = self.builder.person("教师", Role.TRAINER, self.district, self.body)
        trainee, trainer = self._one(Role.TRAINEE), self._one(Role.TRAINER)
        with clock.frozen_at(FILED):
            made["course"] = self._course()
            made["order"], made["order[asked]"] = self._order(), self._order(is_approved=False)
            made["batch"] = self._batch(made["course"], trainer, FIRST_LESSON, order=made["order"])
            made["batch[colleague]"] = self._batch(
                made["course"], colleague, FIRST_LESSON + timedelta(hours=5)
            )
            made["batch[running]"] = self._batch(made["course"], trainer, NOW - timedelta(hours=1))
        made["batch[open]"] = self._batch(made["course"], trainer, NOW + timedelta(days=7))
        made["batch[draft]"] = self._batch(
            made["course"], trainer, NOW + timedelta(days=14), is_published=False
        )
        made["short"] = batches.batch(made["batch[open]"]).short_code or ""
        made["application"] = self._seat(made["batch"], trainee)
        made["application[running]"] = self._seat(made["batch[running]"], classmate)
        made["application[offered]"] = self._offer(made["course"], trainer, trainee, classmate)
        made["application[classmate]"] = self._seat(made["batch"], classmate)
        for another in (third, fourth, unclaimed):
            self._seat(made["batch"], another)
        made["application[colleague]"] = self._seat(made["batch[colleague]"], classmate)
        made["application[open]"] = self._seat(made["batch[open]"], trainee, at=NOW)
        made["application[review]"] = self._apply(made["batch[open]"], newcomer)
        made["session"] = self._teach(made["batch"], trainer)
        made["session[colleague]"] = self._teach(made["batch[colleague]"], colleague)
        made |= self._certificates(made["batch"])
        for kind, person in (("", trainee), ("[classmate]", classmate)):
            made[f"certificate{kind}"] = made[f"certificate of {person.handle}"]
            made[f"person{kind}"] = person.handle
            made[f"engagement{kind}"] = self._work(person, made["order"])
            made[f"rating{kind}"] = ratings.rate(
                actor=self._one(Role.EMPLOYER).actor,
                engagement=self._work(person, None),
                stars=5,
                comment=self.marker,
            )
        made |= self._claims(made["batch"], (trainee, classmate, third, fourth))
        made["person[unclaimed]"] = unclaimed.handle
        made["trainer"] = trainer.handle
        made["grant"] = str(_grant_of(trainer.person_id, Role.TRAINER))
        made["site"] = self._site()
        made["site[closed]"] = self._site()
        sites.close(actor=self._one(Role.OFFICER).actor, code=made["site[closed]"], reason="合并", version=1)
        made |= self._activities((trainee, classmate))
        made |= self._invitation() | {"import": self._import(), "package": self._package()}
        return made

    def _offer(self, course: str, trainer: SomePerson, waiting: SomePerson, leaving: SomePerson) -> str:
        """Return an application to which a freed seat is offered."""
        batch = self._batch(course, trainer, NOW + timedelta(days=21), seats=1)
        seated, receipt = (self._apply(batch, each) for each in (leaving, waiting))
        application_service.withdraw(actor=leaving.actor, receipt=seated)
        return receipt

    def _invitation(self) -> dict[str, str]:
        """Invite somebody who has no password yet; the phone belongs to the way in."""
        phone = self.builder.phone()
        made = invitations.introduce(
            actor=self._one(Role.OFFICER).actor,
            name=f"{self.marker}来",
            phone=phone,
            role="desk",
            district=self.district,
        )
        assert made.link is not None
        return {
            "invitation": made.link.handle,
            "invitation[link]": made.link.token,
            "phone of the invited": phone,
        }

    def _import(self) -> str:
        """Hand in a file with a line of each kind that has to be decided on."""
        lines = [
            "名称,种类,上级,地址",
            f"{self.marker}新站,零工驿站,,友谊街道2号",
            "没有种类,,,",
            "同名,驿站,,",
        ]
        lines = ["编号," + lines[0], *(f"X-{self.district}-{n}," + each for n, each in enumerate(lines[1:]))]
        lines.append(f"X-{self.district}-9,同名,驿站,,")
        return import_service.hand_in(
            actor=self._one(Role.OFFICER).actor,
            kind="sites",
            district=self.district,
            name="站点.csv",
            content="\n".join(lines).encode(),
            has_consented=False,
        )

    def _package(self) -> str:
        """Let a colleague of the officer's upload a package of rules."""
        colleague = self.builder.person("同事", Role.OFFICER, self.district)
        content = packed(
            f"town_{self.district}", district=self.district, title=f"{self.marker}{colleague.person_id}"
        )
        return packages.offer(actor=colleague.actor, district=self.district, content=content)

    def _one(self, role: Role) -> SomePerson:
        return self.persons[role]

    def _course(self) -> str:
        return courses.add(
            actor=self._one(Role.OFFICER).actor,
            district=self.district,
            name=f"整理收纳{self.number}",
            trade="家政",
            occupation="4-10-01-06",
            theory_hours=4,
            practice_hours=4,
        )

    def _order(self, *, is_approved: bool = True) -> str:
        officer = self._one(Role.OFFICER).actor
        code = orders.place(
            actor=self._one(Role.EMPLOYER).actor,
            district=self.district,
            employer=self.employer,
            trade="家政",
            heads=8,
            skills=[self.marker],
            wage_fen=18_000,
            wage_unit="day",
            starts_on=date(2025, 12, 1),
            promised_jobs=4,
        )
        if is_approved:
            orders.record_visit(actor=officer, code=code, on=date(2025, 10, 15), result=f"{self.marker}属实")
            orders.decide(actor=officer, code=code, decision="approved", reason=self.marker)
        return code

    def _batch(
        self,
        course: str,
        trainer: SomePerson,
        first: datetime,
        *,
        order: str | None = None,
        seats: int = 6,
        is_published: bool = True,
    ) -> str:
        plan = [first, first + timedelta(days=1)]
        code = batch_service.file(
            actor=self._one(Role.SCHOOL).actor,
            course=course,
            order=order,
            seats=seats,
            opens_at=clock.now(),
            closes_at=first - timedelta(hours=1),
            sessions=[
                PlannedSession(starts_at=each, ends_at=each + LESSON, part=part)
                for each, part in zip(plan, ("theory", "practice"), strict=True)
            ],
            place=Place("收纳工作室", "友谊街道1号", Position(118.17, 39.63)),
            trainer=trainer.handle,
        )
        if is_published:
            batch_service.publish(actor=self._one(Role.OFFICER).actor, code=code)
        return code

    def _apply(self, batch: str, person: SomePerson) -> str:
        """Apply; the rules in use let only residents of Lunan in, so those of elsewhere are entered."""
        if self.district == LUNAN:
            return application_service.apply(actor=person.actor, batch=batch, channel="web")
        with unit_of_work() as unit:
            return application_service.apply_in(
                unit,
                actor=person.actor,
                batch_id=batches.batch(batch).id,
                person_id=person.person_id,
                channel="web",
            )

    def _seat(self, batch: str, person: SomePerson, at: datetime = APPLIED) -> str:
        with clock.frozen_at(at):
            receipt = self._apply(batch, person)
            found = applications.application(receipt)
            assert found.state == "enrolled", found.reasons
        return receipt

    def _teach(self, batch: str, trainer: SomePerson) -> str:
        view = batches.batch(batch)
        receipts = [each.receipt for each in applications.of_batch(view.id)]
        for session in view.sessions:
            with clock.frozen_at(session.ends_at):
                attendance.record(
                    actor=trainer.actor,
                    session=session.handle,
                    marks=[Mark(receipt, "present", 180) for receipt in receipts],
                )
        with clock.frozen_at(MARKED):
            results.record(
                actor=trainer.actor, batch=batch, marks=[Marks(receipt, 82, 91) for receipt in receipts]
            )
        return view.sessions[0].handle

    def _certificates(self, batch: str) -> dict[str, str]:
        """Issue for the whole class in the background, and return each by its holder."""
        job = certificate_service.issue_batch(actor=self._one(Role.SCHOOL).actor, batch=batch)
        work.drain()
        certificate_service.bring_up_to_date()
        made = certificate_queries.of_batch(batches.batch(batch).id)
        held = {f"certificate of {people.person(each.person_id).handle}": each.public_id for each in made}
        recall = certificate_service.recalls.ask(
            actor=TESTS, district=self.district, common=Common(Kind.BATCH, batch), reason=self.marker
        )
        told = certificate_service.external.record_own(
            actor=self._one(Role.TRAINEE).actor,
            number="S000044000001255000001",
            issuer=self.marker,
            trade="家政服务员",
            issued_on=WORKED[0],
        )
        return held | {"job": job, "recall": recall, "external": told}

    def _work(self, worker: SomePerson, order: str | None) -> str:
        return engagements.record(
            actor=self._one(Role.EMPLOYER).actor,
            worker=worker.handle,
            employer=self.employer,
            order=order,
            started_on=WORKED[0],
            ended_on=WORKED[1],
            pay_fen=72_000,
            evidence=self.marker,
        )

    def _claims(self, batch: str, persons: Sequence[SomePerson]) -> dict[str, str]:
        """Claim for one person each, and bring every claim to another state."""
        school, officer = self._one(Role.SCHOOL).actor, self._one(Role.OFFICER).actor
        made = [claims.make(actor=school, batch=batch, person=each.handle) for each in persons]
        for each in made:
            claims.take(actor=school, claim=each, step=Step.SUBMISSION)
        submitted, returned, approved, paid = made
        claims.take(actor=officer, claim=returned, step=Step.RETURN, reason=self.marker)
        claims.take(actor=officer, claim=approved, step=Step.APPROVAL, reason=self.marker)
        claims.take(actor=officer, claim=paid, step=Step.APPROVAL)
        claims.take(actor=officer, claim=paid, step=Step.PAYMENT)
        return {
            "claim": submitted,
            "claim[returned]": returned,
            "claim[approved]": approved,
            "claim[paid]": paid,
        }

    def _activities(self, guests: Sequence[SomePerson]) -> dict[str, str]:
        """Announce one event that has begun, with a list, one without, and one to come."""
        actor = self._one(Role.OFFICER).actor
        with clock.frozen_at(FILED):
            begun, quiet, coming = (
                planning.announce(
                    actor=actor,
                    district=self.district,
                    plan=Plan(
                        title=f"政策宣讲{self.number}",
                        kind="policy_talk",
                        place="市场大厅",
                        starts_at=NOW + timedelta(days=days) - timedelta(minutes=30),
                        ends_at=NOW + timedelta(days=days) + LESSON,
                    ),
                    organiser=self.body[1],
                )
                for days in (0, 0, 7)
            )
        for guest in guests:
            doors.sign_in(actor=actor, activity=begun, person=guest.handle, method="document")
        return {"activity": begun, "activity[quiet]": quiet, "activity[coming]": coming}

    def _site(self) -> str:
        code = f"S-{self.district}-{next(self.builder.serial)}"
        with unit_of_work() as unit:
            sites.add_in(
                unit,
                actor=TESTS,
                code=code,
                district=self.district,
                name=f"零工市场{self.number}",
                kind="market",
                tier=1,
                address="友谊街道1号",
            )
        return code


def _grant_of(person_id: int, role: Role) -> int:
    found = db.session.scalars(
        db.select(RoleGrant.id).where(
            RoleGrant.person_id == person_id, RoleGrant.role == role.value, RoleGrant.ended_at.is_(None)
        )
    )
    return found.one()


@contextmanager
def standing(app: Flask) -> Iterator[World]:
    """Build the world and hold the clock at the demonstration day while it is looked at."""
    with clock.frozen_at(NOW):
        yield Builder(app).build()
