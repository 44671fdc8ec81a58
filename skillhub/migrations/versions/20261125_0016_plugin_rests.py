"""Keep which plugins rest in which district, and how long plugins take.

Safe while the previous release runs: yes, it only adds tables and a column with a default.
Reversible: yes, with loss of the rests and the times; plugins that rested are asked again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from skillhub.base.db import UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

FAILURE, REST, TIME = "plugin_failure", "plugin_rest", "plugin_time"


def upgrade() -> None:
    """Apply."""
    op.add_column(
        FAILURE, sa.Column("is_its_own", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.create_table(
        REST,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("plugin", sa.String(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_code"], ["district.code"], name=op.f("fk_plugin_rest_district_code_district")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["person.id"], name=op.f("fk_plugin_rest_ended_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_rest")),
    )
    op.create_index(
        "uq_plugin_rest_open",
        REST,
        ["district_code", "plugin"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        TIME,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("plugin", sa.String(), nullable=False),
        sa.Column("hook", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("microseconds", sa.BigInteger(), nullable=False),
        sa.Column("slowest_microseconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_code"], ["district.code"], name=op.f("fk_plugin_time_district_code_district")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_time")),
        sa.UniqueConstraint(
            "district_code", "plugin", "hook", "on", name=op.f("uq_plugin_time_district_code_plugin_hook_on")
        ),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table(TIME)
    op.drop_table(REST)
    op.drop_column(FAILURE, "is_its_own")
