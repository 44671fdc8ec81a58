"""Where the people of a class stand, read from the tables themselves."""

from sqlalchemy import select

from skillhub.courses.model import Application, Batch


def states(session, batch):
    """Return the states of the applications in arrival order."""
    rows = session.execute(
        select(Application.state).where(Application.batch_id == batch.id).order_by(Application.order_no)
    )
    return [row.state for row in rows]


def counters(session, batch):
    """Return how many have a seat, wait, and have come at all."""
    return tuple(
        session.execute(select(Batch.taken, Batch.waiting, Batch.arrivals).where(Batch.id == batch.id)).one()
    )
