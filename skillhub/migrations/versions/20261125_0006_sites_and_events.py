"""Give sites a history and clerks, and hold events with the list of who came.

Safe while the previous release runs: yes, it adds tables, two columns with defaults, and indexes.
Reversible: yes, with loss of the events, the history of sites and where clerks work.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from skillhub.base import clock

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# How the sites stand when their history begins.
KNOWN = (
    "INSERT INTO site_change (site_id, at, verb, parent_id, name, kind, tier, address, phone, lon, lat) "
    "SELECT id, :at, 'known', parent_id, name, kind, tier, address, phone, lon, lat FROM site"
)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.create_check_constraint(op.f("ck_site_not_under_itself"), "parent_id <> id")

    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.Column("walk_ins", sa.Integer(), nullable=False),
        sa.Column("door_key", sa.String(), nullable=False),
        sa.Column("announced_at", sa.DateTime(), nullable=False),
        sa.Column("announced_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name=op.f("ck_activity_capacity_positive")),
        sa.CheckConstraint("walk_ins >= 0", name=op.f("ck_activity_walk_ins_not_negative")),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisation.id"], name=op.f("fk_activity_organiser_id_organisation")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_activity_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("code", name=op.f("uq_activity_code")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(
            "ix_activity_district_code_starts_at", ["district_code", "starts_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_activity_organiser_id"), ["organiser_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_site_id"), ["site_id"], unique=False)

    op.create_table(
        "site_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["site.id"], name=op.f("fk_site_change_parent_id_site")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_change_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_change")),
    )
    with op.batch_alter_table("site_change", schema=None) as batch_op:
        batch_op.create_index("ix_site_change_site_id_at", ["site_id", "at"], unique=False)

    op.create_table(
        "site_clerk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_site_clerk_person_id_person")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_clerk_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_clerk")),
    )
    with op.batch_alter_table("site_clerk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_clerk_site_id"), ["site_id"], unique=False)
        batch_op.create_index(
            "uq_site_clerk_working",
            ["person_id", "district_code"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "activity_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("came_at", sa.DateTime(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("remove_reason", sa.String(), nullable=True),
        sa.CheckConstraint("evidence IN ('A', 'B', 'C')", name=op.f("ck_activity_sign_in_evidence_known")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_sign_in_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_activity_sign_in_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_sign_in")),
        sa.UniqueConstraint(
            "activity_id", "person_id", name=op.f("uq_activity_sign_in_activity_id_person_id")
        ),
    )
    with op.batch_alter_table("activity_sign_in", schema=None) as batch_op:
        batch_op.create_index("ix_activity_sign_in_person_id", ["person_id"], unique=False)

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index("ix_person_birth_on_id_last4", ["birth_on", "id_last4"], unique=False)
        batch_op.create_index("ix_person_district_code_name", ["district_code", "name"], unique=False)

    op.execute(
        sa.text(KNOWN).bindparams(sa.bindparam("at", clock.real_now().replace(tzinfo=None), sa.DateTime()))
    )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index("ix_person_district_code_name")
        batch_op.drop_index("ix_person_birth_on_id_last4")

    with op.batch_alter_table("activity_sign_in", schema=None) as batch_op:
        batch_op.drop_index("ix_activity_sign_in_person_id")

    op.drop_table("activity_sign_in")
    with op.batch_alter_table("site_clerk", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_site_clerk_working",
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_site_clerk_site_id"))

    op.drop_table("site_clerk")
    with op.batch_alter_table("site_change", schema=None) as batch_op:
        batch_op.drop_index("ix_site_change_site_id_at")

    op.drop_table("site_change")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_site_id"))
        batch_op.drop_index(batch_op.f("ix_activity_organiser_id"))
        batch_op.drop_index("ix_activity_district_code_starts_at")

    op.drop_table("activity")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_site_not_under_itself"), type_="check")
        batch_op.drop_column("version")
        batch_op.drop_column("closed_on")
