"""Let a corrected certificate be a second version under the same number.

Safe while the previous release runs: yes, its certificates are first versions.
Reversible: yes, while no certificate was corrected; after that it stops and loses nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "certificate"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
        table.drop_constraint(op.f("uq_certificate_application_id"), type_="unique")
        table.drop_constraint(op.f("uq_certificate_number"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_certificate_application_id_version"), ["application_id", "version"]
        )
        table.create_unique_constraint(op.f("uq_certificate_number_version"), ["number", "version"])


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f("uq_certificate_number_version"), type_="unique")
        table.drop_constraint(op.f("uq_certificate_application_id_version"), type_="unique")
        table.create_unique_constraint(op.f("uq_certificate_number"), ["number"])
        table.create_unique_constraint(op.f("uq_certificate_application_id"), ["application_id"])
        table.drop_column("version")
