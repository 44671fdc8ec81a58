"""The people that tests make: as they are asked for, however many there were before."""

import pytest

from skillhub.testing.factories.base import id_number

BORN = "20091001"


@pytest.mark.parametrize("serial", [0, 999, 1000, 45_678])
def test_a_number_holds_the_birthday_that_was_asked_for(serial):
    assert id_number(serial, born=BORN)[6:14] == BORN


def test_no_number_is_given_twice():
    assert len({id_number(serial) for serial in range(5_000)}) == 5_000
