"""Runs the migrations on the connection that `skillhub.base.schema` hands over; Alembic loads it."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from skillhub.base import schema
from skillhub.base.db import Model, UTCDateTime


def in_plain_types(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write a column type of ours as the database's own, so that old migrations need no code of ours."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime()"
    return False


def run() -> None:
    """Run the migrations, each in a transaction of its own."""
    connection = context.config.attributes["connection"]
    schema.load_models()
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        include_object=schema.is_ours,
        render_as_batch=True,
        render_item=in_plain_types,
        compare_type=True,
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
