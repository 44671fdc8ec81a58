"""Threads that write to SQLite pass one at a time, in the order in which they came."""

import threading
import time

from skillhub.base.turns import Line

LONG = 30.0
MANY = 12


def waiting(line, count):
    """Wait until so many stand in line."""
    while len(line._waiting) < count:  # noqa: SLF001 (nothing else knows it)
        time.sleep(0.001)


def test_who_came_first_passes_first():
    line, passed, threads = Line(), [], []
    assert line.enter(LONG)

    def pass_through(number):
        assert line.enter(LONG)
        passed.append(number)
        line.leave()

    for number in range(MANY):
        threads.append(threading.Thread(target=pass_through, args=[number]))
        threads[-1].start()
        waiting(line, number + 1)
    line.leave()
    for each in threads:
        each.join()

    assert passed == list(range(MANY))


def test_who_has_just_passed_stands_at_the_end():
    line, passed = Line(), []
    assert line.enter(LONG)
    other = threading.Thread(target=lambda: (line.enter(LONG), passed.append("other"), line.leave()))
    other.start()
    waiting(line, 1)

    line.leave()
    assert line.enter(LONG)
    passed.append("again")
    line.leave()
    other.join()

    assert passed == ["other", "again"]


def test_who_has_gone_away_is_not_called():
    line = Line()
    assert line.enter(LONG)
    assert not line.enter(0.001)
    line.leave()

    assert line.enter(0.001), "nobody holds the turn of one who left"


def test_never_two_at_once():
    line, inside, most = Line(), [], []

    def pass_often():
        for _ in range(200):
            assert line.enter(LONG)
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            line.leave()

    threads = [threading.Thread(target=pass_often) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert set(most) == {1}
