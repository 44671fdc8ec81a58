"""Applying by JSON."""

from datetime import timedelta

import pytest

from skillhub.base.access import Role


@pytest.fixture
def batch(classes):
    return classes.published(seats=2)


class TestJson:
    def test_applying_answers_the_whole_shape(self, api, persons, batch):
        response = api.as_(persons.trainee()).post(f"batches/{batch.code}/applications", {"channel": "app"})

        assert response.status_code == 201
        body = response.json
        assert set(body) == {
            "receipt",
            "batch",
            "state",
            "position",
            "order_no",
            "reasons",
            "decided_at",
            "offer_until",
        }
        assert (body["batch"], body["state"], body["position"], body["order_no"]) == (
            batch.code,
            "enrolled",
            None,
            1,
        )
        assert len(body["receipt"]) >= 22
        assert body["decided_at"] == "2025-11-10T01:00:00Z"

    def test_a_second_tap_answers_200_and_a_repeated_key_says_so(self, api, persons, batch):
        caller = api.as_(persons.trainee())
        path = f"batches/{batch.code}/applications"
        first = caller.post(path, {"channel": "app"}, key="one")
        again = caller.post(path, {"channel": "app"}, key="one")
        other = caller.post(path, {"channel": "app"}, key="two")

        assert [each.status_code for each in (first, again, other)] == [201, 200, 200]
        assert again.headers["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in other.headers
        assert first.json == again.json == other.json

    def test_too_early_and_too_late_have_their_codes(self, api, classes, persons, frozen):
        caller = api.as_(persons.trainee())
        batch = classes.published(opens_in=timedelta(hours=1))
        early = caller.post(f"batches/{batch.code}/applications", {"channel": "app"})
        frozen.advance(days=1, hours=2)
        late = caller.post(f"batches/{batch.code}/applications", {"channel": "app"})

        assert [(each.status_code, each.json["code"]) for each in (early, late)] == [
            (409, "not_open"),
            (409, "closed"),
        ]

    def test_withdrawing_answers_200_twice(self, api, persons, batch):
        caller = api.as_(persons.trainee())
        receipt = caller.post(f"batches/{batch.code}/applications", {"channel": "app"}).json["receipt"]

        first, again = (caller.delete(f"applications/{receipt}") for _ in range(2))

        assert [(each.status_code, each.json["state"]) for each in (first, again)] == [
            (200, "withdrawn"),
            (200, "withdrawn"),
        ]

    def test_a_receipt_is_for_its_person_and_the_staff_of_that_class(self, api, persons, batch):
        owner = api.as_(persons.trainee())
        receipt = owner.post(f"batches/{batch.code}/applications", {"channel": "app"}).json["receipt"]
        path = f"applications/{receipt}"

        seen = [
            owner,
            api.as_(batch.school, Role.SCHOOL),
            api.as_(batch.trainer, Role.TRAINER),
            api.as_(persons.desk(), Role.DESK),
        ]
        hidden = [
            api.as_(persons.trainee()),
            api.as_(persons.school(), Role.SCHOOL),
            api.as_(persons.officer("440103"), Role.OFFICER),
        ]
        assert [each.get(path).status_code for each in seen] == [200] * 4
        assert [each.get(path).status_code for each in hidden] == [404] * 3
        assert api.as_(persons.employer(), Role.EMPLOYER).get(path).status_code == 403
        assert api.get(path).status_code == 401

    def test_a_decision_needs_the_right_role_and_a_known_word(self, api, persons, batch):
        person = persons.trainee(has_identity=False)
        receipt = (
            api.as_(person).post(f"batches/{batch.code}/applications", {"channel": "app"}).json["receipt"]
        )
        path = f"applications/{receipt}/decision"
        school = api.as_(batch.school, Role.SCHOOL)

        assert api.as_(person).post(path, {"decision": "enrol", "reason": ""}).status_code == 403
        assert school.post(path, {"decision": "maybe", "reason": ""}).status_code == 422
        assert school.post(path, {"decision": "refuse", "reason": ""}).json["errors"][0]["field"] == "reason"
        done = school.post(path, {"decision": "enrol", "reason": ""})
        assert (done.status_code, done.json["state"]) == (200, "enrolled")

    def test_an_unknown_member_is_refused(self, api, persons, batch):
        response = api.as_(persons.trainee()).post(
            f"batches/{batch.code}/applications", {"channel": "app", "state": "enrolled"}
        )

        assert (response.status_code, response.json["errors"][0]["field"]) == (400, "state")
