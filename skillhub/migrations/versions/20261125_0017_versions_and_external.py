"""Let a certificate have versions, record those that others issued, and fonts that districts add.

Safe while the previous release runs: yes, its certificates are first versions.
Reversible: yes, with loss of the last two, and only while no certificate was corrected.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "certificate"
OTHERS = "external_certificate"
FONT = "district_font"


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
    op.create_table(
        OTHERS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("looked_up", sa.String(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_external_certificate_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_certificate")),
        sa.UniqueConstraint("handle", name=op.f("uq_external_certificate_handle")),
    )
    op.create_index("ix_external_certificate_district_code", OTHERS, ["district_code"], unique=False)
    op.create_index("ix_external_certificate_person_id", OTHERS, ["person_id"], unique=False)
    for name, columns, condition in (
        ("uq_external_certificate_person_id_number", ["person_id", "number"], "state <> 'refuted'"),
        ("uq_external_certificate_number_confirmed", ["number"], "state = 'confirmed'"),
    ):
        where = sa.text(condition)
        op.create_index(name, OTHERS, columns, unique=True, sqlite_where=where, postgresql_where=where)
    op.create_table(
        FONT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("characters", sa.JSON(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district_font")),
        sa.UniqueConstraint("handle", name=op.f("uq_district_font_handle")),
        sa.UniqueConstraint("district_code", "sha256", name=op.f("uq_district_font_district_code_sha256")),
    )
    op.create_index("ix_district_font_district_code", FONT, ["district_code"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table(FONT)
    op.drop_table(OTHERS)
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f("uq_certificate_number_version"), type_="unique")
        table.drop_constraint(op.f("uq_certificate_application_id_version"), type_="unique")
        table.create_unique_constraint(op.f("uq_certificate_number"), ["number"])
        table.create_unique_constraint(op.f("uq_certificate_application_id"), ["application_id"])
        table.drop_column("version")
