"""Messages to people: written in the transaction of what they are about, sent afterwards by the worker.

Address and text are sealed. In the profiles demo and test nothing leaves unless a
gateway is named; the command `outbox` reads what would have been sent.
"""

from __future__ import annotations

from skillhub.base.outbox.model import OutboxMessage, State
from skillhub.base.outbox.reading import Message, OwnMessage, SentNote, messages, notes_of_person, of_person
from skillhub.base.outbox.writing import choose_again, held_back, put, put_all, resealed, row

__all__ = [
    "Message",
    "OutboxMessage",
    "OwnMessage",
    "SentNote",
    "State",
    "choose_again",
    "held_back",
    "messages",
    "notes_of_person",
    "of_person",
    "put",
    "put_all",
    "resealed",
    "row",
]
