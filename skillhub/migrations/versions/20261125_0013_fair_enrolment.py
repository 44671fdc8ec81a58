"""Keep each batch's plan of allocation, the line of a course, who wants to be told, and the audit chain.

Safe while the previous release runs: no, it writes places in line under their old name.
Reversible: yes, with loss of plans, subscriptions and seals.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from skillhub.base import clock
from skillhub.base.db import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NEW_OF_BATCH = (
    ("quotas", sa.JSON()),
    ("release_at", sa.DateTime()),
    ("cut_off", sa.DateTime()),
    ("plan", sa.JSON()),
    ("pools", sa.JSON()),
    ("seed_sealed", sa.LargeBinary()),
    ("seed_commitment", sa.String()),
    ("seed", sa.String()),
    ("beacon", sa.String()),
    ("drawn_at", sa.DateTime()),
    ("released_at", sa.DateTime()),
    ("ruling", sa.JSON()),
    ("short_code", sa.String()),
)
NEW_OF_APPLICATION = (
    ("line_key", sa.String()),
    ("group_code", sa.String()),
    ("pool", sa.String()),
    ("carried_from_id", sa.Integer()),
    ("queues_since", sa.DateTime()),
    ("consent", sa.String()),
    ("invite", sa.String()),
    ("ruling", sa.JSON()),
    ("call_actor", sa.String()),
    ("call_key", sa.String()),
    ("call_route", sa.String()),
    ("call_sha256", sa.String()),
)
PLACE = "1%010d"


def upgrade() -> None:
    """Apply."""
    _batches()
    _applications()
    op.create_table(
        "course_subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_subscription_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_course_subscription_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_subscription")),
        sa.UniqueConstraint("handle", name=op.f("uq_course_subscription_handle")),
        sa.UniqueConstraint(
            "course_id", "person_id", name=op.f("uq_course_subscription_course_id_person_id")
        ),
    )
    op.create_index("ix_course_subscription_person_id", "course_subscription", ["person_id"], unique=False)
    op.create_table(
        "audit_seal",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_seal_entry_id_audit_entry")
        ),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
    )
    _make_append_only("audit_seal")


def downgrade() -> None:
    """Take back."""
    op.drop_table("audit_seal")
    op.drop_table("course_subscription")
    with op.batch_alter_table("application") as table:
        table.add_column(sa.Column("waiting_no", sa.Integer(), nullable=True))
    op.execute("UPDATE application SET waiting_no = order_no WHERE line_key IS NOT NULL")
    op.drop_index("ix_application_state_offer_until", table_name="application")
    op.drop_index("ix_application_batch_id_state_line_key", table_name="application")
    with op.batch_alter_table("application") as table:
        table.drop_constraint(op.f("uq_application_call_actor_call_key"), type_="unique")
        table.drop_constraint(op.f("fk_application_carried_from_id_application"), type_="foreignkey")
        for name, _ in NEW_OF_APPLICATION:
            table.drop_column(name)
        table.create_index("ix_application_batch_id_state", ["batch_id", "state"], unique=False)
    with op.batch_alter_table("batch") as table:
        table.drop_constraint(op.f("uq_batch_short_code"), type_="unique")
        for name, _ in NEW_OF_BATCH:
            table.drop_column(name)


def _batches() -> None:
    with op.batch_alter_table("batch") as table:
        for name, kind in NEW_OF_BATCH:
            table.add_column(sa.Column(name, kind, nullable=True))
    op.execute("UPDATE batch SET quotas = '[]'")
    op.execute(
        "UPDATE batch SET cut_off = COALESCE("
        "(SELECT MIN(starts_at) FROM class_session WHERE class_session.batch_id = batch.id), closes_at)"
    )
    with op.batch_alter_table("batch") as table:
        table.alter_column("quotas", existing_type=sa.JSON(), nullable=False)
        table.alter_column("cut_off", existing_type=sa.DateTime(), nullable=False)
        table.create_unique_constraint(op.f("uq_batch_short_code"), ["short_code"])


def _applications() -> None:
    with op.batch_alter_table("application") as table:
        for name, kind in NEW_OF_APPLICATION:
            table.add_column(sa.Column(name, kind, nullable=True))
    connection = op.get_bind()
    waiting = connection.execute(
        sa.text("SELECT id, waiting_no FROM application WHERE waiting_no IS NOT NULL")
    ).all()
    for row in waiting:
        connection.execute(
            sa.text("UPDATE application SET line_key = :key WHERE id = :id"),
            {"key": PLACE % row.waiting_no, "id": row.id},
        )
    stand_in_line = sa.text(
        "UPDATE application SET queues_since = applied_at WHERE historic_number IS NULL "
        "AND state IN ('enrolled', 'offered', 'waitlisted') "
        "AND batch_id IN (SELECT id FROM batch WHERE state = 'published' AND cut_off > :now)"
    )
    connection.execute(stand_in_line.bindparams(sa.bindparam("now", clock.real_now(), UTCDateTime())))
    op.drop_index("ix_application_batch_id_state", table_name="application")
    with op.batch_alter_table("application") as table:
        table.drop_column("waiting_no")
        table.create_foreign_key(
            op.f("fk_application_carried_from_id_application"), "application", ["carried_from_id"], ["id"]
        )
        table.create_unique_constraint(op.f("uq_application_call_actor_call_key"), ["call_actor", "call_key"])
        table.create_index(
            "ix_application_batch_id_state_line_key", ["batch_id", "state", "line_key"], unique=False
        )
        table.create_index("ix_application_state_offer_until", ["state", "offer_until"], unique=False)


def _make_append_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
