"""Who gets a seat and who is next: the whole algorithm, pure, exact to the byte, the same for all.

**Plan.** Frozen when the batch is published: `mode` (``first_come``, ``draw`` or ``quotas``), `seats`,
`quotas` (a list of group and seats, in order; the sum is at most `seats`), `release_at` (only with quotas)
and `cut_off`. Seats lie in pools: one for each quota, named by its group, and the general pool (the rest),
named by the empty text. An application counts under one `group` at most: the first of the plan's quotas
whose group the person belonged to when applying.

**Line.** Those in state ``waitlisted``, in this order: first those carried over from an earlier batch of the
course, by `order_no`; then all others, by `order_no`, and in a draw by *ticket* instead.

**Placing** somebody (a newcomer, somebody decided on by a clerk, somebody drawn):

1. the own group's pool, if it has a free seat and nobody of that group waits: ``enrolled``;
2. else the general pool, if it has a free seat and nobody waits at all: ``enrolled``;
3. else ``waitlisted``.

In a draw, whoever comes before the drawing is ``in_draw`` instead.

**Offers.** After every step, while its instant is before the cut-off and the batch has not been cancelled:
the first in line who can use a free seat (own pool before the general one) is ``offered`` that seat, and so
on until no free seat can be used by anybody who waits. An offered seat is held, so it is not free. These
offers follow their cause at once and carry the same instant; nothing stands between them. From the cut-off
on nothing is offered.

**Freeing.** Who was ``enrolled`` or ``offered`` gives the seat back to its pool. After the release a seat of
a group's pool goes to the general pool.

**Release.** At `release_at` or later, once: the free seats of every group's pool move to the general pool.
Who waits gets offers at once.

**Seats changed**: the difference goes to the general pool, which never has fewer seats than are held.

**Draw.** `commitment` = SHA-256(seed ‖ batch), where the seed is 32 random bytes and batch the UTF-8 bytes of
the batch's code; it is published with the plan at least 24 hours before closing, the seed after. `beacon` is
the head (the hash in the last entry) of the installation's last signed allocation log when the drawing is
held, 32 zero bytes if there is none. An application's *ticket* = SHA-256(seed ‖ beacon ‖ receipt_sha256), all
three as 32 raw bytes; lower bytes come first, equal ones by `order_no`. The drawing places everybody who is
``in_draw``, in the order of tickets, in one go.

**Events** (entry of the log: `event` → `state` after it):

| event | from | to |
|---|---|---|
| apply | | refused or under_review (a rule decides), else as placed |
| carry | | waitlisted, at the end of those carried; `order_no` counts on like apply |
| decide | under_review | refused, else as placed |
| draw | in_draw | as placed |
| offer | waitlisted | offered |
| accept | offered | enrolled |
| decline | offered | withdrawn |
| withdraw | any active state | withdrawn |
| lapse | any active state | lapsed |

Entries about the whole batch have `receipt_sha256` of 64 zeros, `order_no` 0, no group and an empty name;
their `state` is a value: ``seats`` the new number in decimal digits; ``cut_off`` the new instant (RFC 3339);
``release`` the word ``released``; ``cancel`` the word ``cancelled``. After ``cancel`` only ``lapse`` follows.

The order of entries is the order in which the batch's row was locked; their instants may differ from it by
the time that somebody waited for the lock.
"""

from __future__ import annotations

from skillhub.courses.rules.allocation.draw import commitment, ticket
from skillhub.courses.rules.allocation.plans import GENERAL, Mode, Plan, Pool, Quota, pools
from skillhub.courses.rules.allocation.table import WHOLE_BATCH, Entry, Impossible, Table

__all__ = [
    "GENERAL",
    "WHOLE_BATCH",
    "Entry",
    "Impossible",
    "Mode",
    "Plan",
    "Pool",
    "Quota",
    "Table",
    "commitment",
    "pools",
    "ticket",
]
