"""Checks a published allocation log; knows nothing but docs/allocation-log.md.

    python verify_queue.py LOG KEYS

KEYS is the document of the public keys. Needs the standard library and `cryptography`. Prints one line and
ends with 0 (the log is genuine and follows from its plan) or 1 (it is not, and the first wrong line).
"""

import hashlib
import json
import re
import sys
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LONGEST, MOST_SEATS, LARGEST = 65_536, 1_000_000, 2**53 - 1
NOBODY = "0" * 64
HASH = re.compile(r"[0-9a-f]{64}")
SIGNATURE = re.compile(r"[0-9a-f]{128}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
SEATS = re.compile(r"[1-9][0-9]{0,6}")
HOLDS = {"enrolled", "offered"}
ACTIVE = HOLDS | {"waitlisted", "in_draw", "under_review"}
WHOLE = {"seats", "release", "cut_off", "cancel"}
SINGLE = {"apply", "carry", "decide", "draw", "offer", "accept", "decline", "withdraw", "lapse"}


class Wrong(Exception):
    """The first line that cannot be, and why."""

    def __init__(self, number, why):
        super().__init__(f"line {number}: {why}")
        self.number = number


class Unfit(Exception):
    """Why something cannot be."""


def need(condition, why):
    if not condition:
        raise Unfit(why)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()


def written(value):
    """RFC 8785 for what occurs here: objects, texts, whole numbers and null."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


# shapes


def is_number(value, least=0, most=LARGEST):
    return type(value) is int and least <= value <= most


def is_text(value):
    return type(value) is str and value != ""


def matches(pattern):
    return lambda value: type(value) is str and pattern.fullmatch(value) is not None


def is_instant(value):
    try:
        return matches(INSTANT)(value) and bool(datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ"))  # noqa: DTZ007
    except ValueError:
        return False


def or_null(check):
    return lambda value: value is None or check(value)


def is_quota(value):
    return (
        type(value) is dict
        and set(value) == {"group", "seats"}
        and is_text(value["group"])
        and is_number(value["seats"], 1, MOST_SEATS)
    )


def is_plan(value):
    return (
        type(value) is dict
        and set(value) == {"seats", "quotas", "release_at", "cut_off"}
        and is_number(value["seats"], 1, MOST_SEATS)
        and type(value["quotas"]) is list
        and all(is_quota(each) for each in value["quotas"])
        and or_null(is_instant)(value["release_at"])
        and is_instant(value["cut_off"])
    )


HEADER = {
    "v": lambda value: is_number(value, 1, 1),
    "batch": is_text,
    "mode": lambda value: value in ("first_come", "draw", "quotas"),
    "plan": is_plan,
    "plan_sha256": matches(HASH),
    "seed_commitment": or_null(matches(HASH)),
    "seed": or_null(matches(HASH)),
    "beacon": or_null(matches(HASH)),
}
ENTRY = {
    "n": is_number,
    "receipt_sha256": matches(HASH),
    "order_no": is_number,
    "group": or_null(is_text),
    "name_masked": lambda value: type(value) is str,
    "at": is_instant,
    "event": lambda value: type(value) is str and value in WHOLE | SINGLE,
    "state": is_text,
    "prev": matches(HASH),
    "hash": matches(HASH),
}
LAST = {"size": is_number, "root": matches(HASH), "key_id": is_text, "signature": matches(SIGNATURE)}


def read(line, shape):
    need(len(line) <= LONGEST, "too long")
    try:
        value = json.loads(line.decode("utf-8"))
        is_canonical = type(value) is dict and written(value) == line
    except (ValueError, RecursionError):
        raise Unfit("no JSON") from None
    need(is_canonical, "not in the form of RFC 8785")
    need(set(value) == set(shape), "members missing or too many")
    for name, check in shape.items():
        need(check(value[name]), f"{name} cannot be that")
    return value


# who gets a place


class Table:
    """All applications and seats after the entries so far."""

    def __init__(self, header):
        plan = header["plan"]
        self.mode = header["mode"]
        self.seed, self.beacon = header["seed"], header["beacon"] or NOBODY
        self.release_at, self.cut_off = plan["release_at"], plan["cut_off"]
        self.free = {quota["group"]: quota["seats"] for quota in plan["quotas"]}
        self.groups = set(self.free)
        self.free[None] = plan["seats"] - sum(self.free.values())
        self.seats = plan["seats"]
        self.people = {}
        self.has_drawn = self.mode != "draw"
        self.drawing = []
        self.is_released = self.is_cancelled = False
        self.last_at = None

    def ticket(self, person):
        need(self.seed is not None, "there is no seed")
        return sha256(*(bytes.fromhex(each) for each in (self.seed, self.beacon, person["receipt"])))

    def waiting(self):
        return [each for each in self.people.values() if each["state"] == "waitlisted"]

    def place_in_line(self, person):
        if person["carried"]:
            return (0, "", person["order_no"])
        return (1, self.ticket(person) if self.mode == "draw" else "", person["order_no"])

    def usable(self, person):
        pools = [person["group"], None] if person["group"] else [None]
        return [pool for pool in pools if self.free[pool] > 0]

    def first_to_be_offered(self):
        if not any(self.free.values()):
            return None
        candidates = [each for each in self.waiting() if self.usable(each)]
        return min(candidates, key=self.place_in_line, default=None)

    def due(self):
        if self.last_at is None or self.last_at >= self.cut_off or self.is_cancelled or self.drawing:
            return None
        return self.first_to_be_offered()

    def placed(self, group):
        """The state and, where there is one, the pool of the seat."""
        if not self.has_drawn:
            return "in_draw", False
        waiting = self.waiting() if any(self.free.values()) else [{"group": group}]
        if group is not None and self.free[group] > 0 and all(each["group"] != group for each in waiting):
            return "enrolled", group
        if self.free[None] > 0 and not waiting:
            return "enrolled", None
        return "waitlisted", False

    def follow(self, entry):
        event, receipt = entry["event"], entry["receipt_sha256"]
        need(not self.is_cancelled or event == "lapse", "after cancel only lapse")
        if self.drawing:
            need(event == "draw" and receipt == self.drawing[0], "the drawing goes on with another")
        due = self.due()
        if due is not None:
            need(
                event == "offer" and receipt == due["receipt"], "a free seat is due to the first in the line"
            )
        need((receipt == NOBODY) == (event in WHOLE), "event and receipt do not fit")
        if receipt == NOBODY:
            need(
                (entry["order_no"], entry["group"], entry["name_masked"]) == (0, None, ""),
                "not the whole batch",
            )
            self.follow_whole(entry)
        elif event in ("apply", "carry"):
            self.follow_new(entry)
        else:
            self.follow_known(entry)
        self.last_at = entry["at"]

    def follow_whole(self, entry):
        event, state = entry["event"], entry["state"]
        if event == "seats":
            need(SEATS.fullmatch(state) and int(state) <= MOST_SEATS, "no number of seats")
            more = int(state) - self.seats
            need(self.free[None] + more >= 0, "fewer seats than are held")
            self.free[None] += more
            self.seats += more
        elif event == "release":
            need(state == "released", "released")
            need(self.release_at is not None and not self.is_released, "no release")
            need(entry["at"] >= self.release_at, "too early")
            self.is_released = True
            for group in self.groups:
                self.free[None] += self.free[group]
                self.free[group] = 0
        elif event == "cut_off":
            need(is_instant(state), "no instant")
            self.cut_off = state
        else:
            need(state == "cancelled", "cancelled")
            self.is_cancelled = True

    def follow_new(self, entry):
        receipt, group, state = entry["receipt_sha256"], entry["group"], entry["state"]
        need(receipt not in self.people, "applied before")
        need(entry["order_no"] == len(self.people) + 1, "not the next in order")
        need(group is None or group in self.groups, "no such group")
        expected, pool = ("waitlisted", False) if entry["event"] == "carry" else self.placed(group)
        if entry["event"] == "apply" and state in ("refused", "under_review"):
            expected, pool = state, False
        need(state == expected, f"must be {expected}")
        self.people[receipt] = {
            "receipt": receipt,
            "order_no": entry["order_no"],
            "group": group,
            "name": entry["name_masked"],
            "carried": entry["event"] == "carry",
            "state": state,
            "pool": pool,
        }
        self.hold(pool)

    def follow_known(self, entry):
        person = self.people.get(entry["receipt_sha256"])
        need(person is not None, "has not applied")
        said = (entry["order_no"], entry["group"], entry["name_masked"])
        need(said == (person["order_no"], person["group"], person["name"]), "differs from before")
        expected, pool = self.after(person, entry)
        need(entry["state"] == expected, f"must be {expected}")
        if person["state"] in HOLDS and expected not in HOLDS:
            is_general = self.is_released or person["pool"] is None
            self.free[None if is_general else person["pool"]] += 1
        elif person["state"] not in HOLDS:
            self.hold(pool)
        person["state"], person["pool"] = expected, pool

    def after(self, person, entry):
        event, before = entry["event"], person["state"]
        if event == "decide" and before == "under_review":
            return ("refused", False) if entry["state"] == "refused" else self.placed(person["group"])
        if event == "draw" and before == "in_draw":
            return self.drawn(person)
        if event == "offer" and before == "waitlisted":
            need(entry["at"] < self.cut_off, "after the cut-off")
            need(self.first_to_be_offered() is person, "another is first in the line")
            return "offered", self.usable(person)[0]
        if event == "accept" and before == "offered":
            return "enrolled", person["pool"]
        if event == "decline" and before == "offered":
            return "withdrawn", False
        if event in ("withdraw", "lapse") and before in ACTIVE:
            return ("withdrawn" if event == "withdraw" else "lapsed"), False
        raise Unfit(f"{event} cannot follow {before}")

    def drawn(self, person):
        if not self.drawing:
            drawn = [each for each in self.people.values() if each["state"] == "in_draw"]
            drawn.sort(key=lambda each: (self.ticket(each), each["order_no"]))
            need(drawn[0] is person, "another has the lowest ticket")
            self.drawing, self.has_drawn = [each["receipt"] for each in drawn], True
        self.drawing.pop(0)
        return self.placed(person["group"])

    def hold(self, pool):
        if pool is not False:
            self.free[pool] -= 1


# the whole file


def check_header(header):
    quotas, is_draw = header["plan"]["quotas"], header["mode"] == "draw"
    groups = [each["group"] for each in quotas]
    need(bool(quotas) == (header["mode"] == "quotas"), "quotas do not fit the mode")
    need(header["plan"]["release_at"] is None or quotas, "a release without quotas")
    need(len(set(groups)) == len(groups), "a group twice")
    need(sum(each["seats"] for each in quotas) <= header["plan"]["seats"], "more seats than there are")
    plan = {name: header[name] for name in ("batch", "mode", "plan")}
    need(header["plan_sha256"] == sha256(written(plan)), "another plan was published")
    need((header["seed_commitment"] is not None) == is_draw, "a commitment does not fit the mode")
    need(is_draw or (header["seed"] is None and header["beacon"] is None), "no draw")
    if header["seed"] is not None:
        promised = sha256(bytes.fromhex(header["seed"]), header["batch"].encode())
        need(promised == header["seed_commitment"], "another seed was promised")


def check_last(last, size, root, keys):
    need(last["size"] == size, "another number of entries")
    need(last["root"] == root, "another root")
    need(last["key_id"] in keys, "no published key")
    signed = written({name: last[name] for name in ("key_id", "root", "size")})
    try:
        key = Ed25519PublicKey.from_public_bytes(keys[last["key_id"]])
        key.verify(bytes.fromhex(last["signature"]), b"skillhub allocation log v1\n" + signed)
    except InvalidSignature:
        raise Unfit("the signature is wrong") from None


def verify(data, keys):
    """Return the table to which a log leads; `keys` maps ids to the 32 bytes of public keys.

    :raises Wrong: names the first wrong line.
    """
    lines = data.split(b"\n")
    if lines.pop() != b"" or len(lines) < 2:
        raise Wrong(len(lines) + 1, "the end is missing")
    number = 1
    try:
        header = read(lines[0], HEADER)
        check_header(header)
        table, root = Table(header), sha256(lines[0])
        for line in lines[1:-1]:
            number += 1
            entry = read(line, ENTRY)
            need(entry["n"] == number - 1, "not the next number")
            need(entry["prev"] == root, "does not follow the line before")
            bare = {name: value for name, value in entry.items() if name != "hash"}
            root = sha256(bytes.fromhex(root), written(bare))
            need(entry["hash"] == root, "was changed")
            table.follow(entry)
        number += 1
        need(not table.drawing and table.due() is None, "the log ends too early")
        check_last(read(lines[-1], LAST), len(lines) - 2, root, keys)
    except Unfit as why:
        raise Wrong(number, why) from None
    return table


def keys_of(document):
    """Return the keys that a document publishes for allocation logs."""
    return {
        each["id"]: bytes.fromhex(each["public_key"])
        for each in json.loads(document)["keys"]
        if (each["use"], each["algorithm"]) == ("allocation-log", "Ed25519")
    }


def main(log, keys):
    try:
        table = verify(Path(log).read_bytes(), keys_of(Path(keys).read_text("utf-8")))
    except Wrong as error:
        print(error)
        return 1
    enrolled = sorted(each["order_no"] for each in table.people.values() if each["state"] == "enrolled")
    print(f"genuine: {table.seats} seats, {len(table.people)} applications, enrolled {enrolled}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
