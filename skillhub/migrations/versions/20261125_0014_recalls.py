"""Add recalls: certificates taken back together, asked for by one person and confirmed by another.

Safe while the previous release runs: yes, it only adds a table.
Reversible: yes, with loss of who asked for what; the certificates stay revoked.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "recall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("border", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("affected", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint("handle", name=op.f("uq_recall_handle")),
    )
    op.create_index(op.f("ix_recall_district_code"), "recall", ["district_code"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("recall")
