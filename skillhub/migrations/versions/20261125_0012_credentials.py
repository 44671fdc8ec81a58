"""Add the keys, status lists and signed credentials of certificates.

Safe while the previous release runs: yes, it adds tables and a column that may be empty.
Reversible: yes, with loss of the credentials; those that were handed out can then no longer be revoked.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "issuer_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuer_key")),
        sa.UniqueConstraint("public_key", name=op.f("uq_issuer_key_public_key")),
    )
    op.create_table(
        "status_list",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("signed_changes", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_status_list")),
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("compact", sa.Text(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_credential_certificate_id_certificate")
        ),
        sa.ForeignKeyConstraint(
            ["list_number"], ["status_list.number"], name=op.f("fk_credential_list_number_status_list")
        ),
        sa.ForeignKeyConstraint(["key_id"], ["issuer_key.id"], name=op.f("fk_credential_key_id_issuer_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_credential_certificate_id")),
        sa.UniqueConstraint("list_number", "list_index", name=op.f("uq_credential_list_number_list_index")),
    )
    op.create_index(op.f("ix_credential_key_id"), "credential", ["key_id"])
    waiting = sa.text("published_at IS NULL")
    op.create_index(
        "ix_credential_unpublished", "credential", ["id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.add_column("certificate", sa.Column("prepared_at", sa.DateTime(), nullable=True))
    waiting = sa.text("prepared_at IS NULL")
    op.create_index(
        "ix_certificate_unprepared", "certificate", ["id"], sqlite_where=waiting, postgresql_where=waiting
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_certificate_unprepared", "certificate")
    with op.batch_alter_table("certificate") as batch_op:
        batch_op.drop_column("prepared_at")
    op.drop_table("credential")
    op.drop_table("status_list")
    op.drop_table("issuer_key")
