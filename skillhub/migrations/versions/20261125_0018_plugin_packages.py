"""Keep packages of data that officers upload, by their content, and what two of them decided.

Safe while the previous release runs: yes, it only adds tables.
Reversible: yes, with loss of the packages; districts that used one have its decisions held.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from skillhub.base.db import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

PACKAGE, OFFER = "plugin_package", "plugin_offer"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        PACKAGE,
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_plugin_package")),
    )
    op.create_table(
        OFFER,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("package_sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("offered_at", UTCDateTime(), nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_code"], ["district.code"], name=op.f("fk_plugin_offer_district_code_district")
        ),
        sa.ForeignKeyConstraint(
            ["package_sha256"],
            ["plugin_package.sha256"],
            name=op.f("fk_plugin_offer_package_sha256_plugin_package"),
        ),
        sa.ForeignKeyConstraint(
            ["offered_by_id"], ["person.id"], name=op.f("fk_plugin_offer_offered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_plugin_offer_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_offer")),
        sa.UniqueConstraint(
            "district_code", "package_sha256", name=op.f("uq_plugin_offer_district_code_package_sha256")
        ),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table(OFFER)
    op.drop_table(PACKAGE)
