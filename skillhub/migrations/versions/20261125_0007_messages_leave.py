"""Let messages leave: whose they are, by which way, each try, how gateways do, and people's mail addresses.

Safe while the previous release runs: yes, it only adds, and what the old one writes is never sent.
Reversible: yes, but tries, addresses and choices are lost, and so are messages without a phone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

IS_OPEN = "state IN ('waiting', 'sending')"
NEW = (
    "person_id",
    "mail_sealed",
    "once_key",
    "state",
    "channel",
    "tries",
    "next_at",
    "give_up_at",
    "lease",
    "leased_until",
)


def upgrade() -> None:
    """Apply; what was written before is kept where it is, and is not sent any more."""
    with op.batch_alter_table("outbox_message") as table:
        table.alter_column("phone_hash", existing_type=sa.String(), nullable=True)
        table.alter_column("phone_sealed", existing_type=sa.LargeBinary(), nullable=True)
        table.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("mail_sealed", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("once_key", sa.String(), nullable=True))
        table.add_column(sa.Column("state", sa.String(), nullable=False, server_default="kept"))
        table.add_column(sa.Column("channel", sa.String(), nullable=True))
        table.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        for name in ("next_at", "give_up_at", "leased_until"):
            table.add_column(sa.Column(name, sa.DateTime(), nullable=True))
        table.add_column(sa.Column("lease", sa.String(), nullable=True))
        table.create_unique_constraint(op.f("uq_outbox_message_once_key"), ["once_key"])
        table.create_check_constraint(
            op.f("ck_outbox_message_state_known"),
            "state IN ('waiting', 'sending', 'sent', 'failed', 'expired', 'kept')",
        )
        table.create_check_constraint(
            op.f("ck_outbox_message_channel_known"), "channel IN ('sms', 'mail', 'page')"
        )
    op.create_index(op.f("ix_outbox_message_person_id"), "outbox_message", ["person_id"])
    op.create_index(
        "ix_outbox_message_open",
        "outbox_message",
        ["id"],
        sqlite_where=sa.text(IS_OPEN),
        postgresql_where=sa.text(IS_OPEN),
    )
    _create_log()
    _create_addresses()


def _create_log() -> None:
    op.create_table(
        "message_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("gateway_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbox_message.id"], name=op.f("fk_message_try_message_id_outbox_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_try")),
    )
    op.create_index(op.f("ix_message_try_message_id"), "message_try", ["message_id"])
    op.create_table(
        "message_gateway",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("rests_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_message_gateway")),
    )


def _create_addresses() -> None:
    op.create_table(
        "mail_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("code_until", sa.DateTime(), nullable=True),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_address_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_address")),
        sa.UniqueConstraint("handle", name=op.f("uq_mail_address_handle")),
    )
    op.create_index(op.f("ix_mail_address_person_id"), "mail_address", ["person_id"])
    op.create_index(
        "uq_mail_address_confirmed",
        "mail_address",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("confirmed_at IS NOT NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("confirmed_at IS NOT NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "message_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("decisions", sa.String(), nullable=False),
        sa.Column("news", sa.String(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_message_choice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_message_choice")),
    )


def downgrade() -> None:
    """Take back."""
    for table_name in ("message_choice", "mail_address", "message_gateway", "message_try"):
        op.drop_table(table_name)
    op.drop_index("ix_outbox_message_open", table_name="outbox_message")
    op.drop_index(op.f("ix_outbox_message_person_id"), table_name="outbox_message")
    op.execute("DELETE FROM outbox_message WHERE phone_hash IS NULL")
    with op.batch_alter_table("outbox_message") as table:
        table.drop_constraint(op.f("ck_outbox_message_state_known"), type_="check")
        table.drop_constraint(op.f("ck_outbox_message_channel_known"), type_="check")
        table.drop_constraint(op.f("uq_outbox_message_once_key"), type_="unique")
        for name in NEW:
            table.drop_column(name)
        table.alter_column("phone_sealed", existing_type=sa.LargeBinary(), nullable=False)
        table.alter_column("phone_hash", existing_type=sa.String(), nullable=False)
