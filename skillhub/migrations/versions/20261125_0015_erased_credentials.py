"""Add when the signed copies of a certificate were erased at the holder's wish.

Safe while the previous release runs: yes, it adds a column that may be empty.
Reversible: yes, with loss of the days; what was erased stays erased.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("credential", sa.Column("erased_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("credential") as batch_op:
        batch_op.drop_column("erased_at")
