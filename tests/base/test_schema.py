import shutil

import pytest
from sqlalchemy import create_engine, inspect, text

from skillhub.base import schema
from skillhub.base.work import engine as work_engine

BROKEN = '''"""Breaks in the middle."""
from alembic import op
import sqlalchemy as sa
revision, down_revision = "broken", None
def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("SELECT * FROM no_such_table")
def downgrade():
    pass
'''


@pytest.fixture
def tables(database_url):
    def tables():
        engine = create_engine(database_url)
        found = inspect(engine)
        names = {*found.get_table_names()}
        if "dbos" in found.get_schema_names():
            names |= {*found.get_table_names(schema="dbos")}
        engine.dispose()
        return names

    return tables


@pytest.fixture
def execute(database_url):
    def execute(statement):
        engine = create_engine(database_url)
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    return execute


def test_up_the_models_are_in_the_database_and_down_nothing_is_left(database_url, tables):
    assert schema.state(database_url) is schema.State.EMPTY

    schema.upgrade(database_url)

    assert schema.check(database_url) == []
    assert schema.state(database_url) is schema.State.CURRENT
    assert {"person", "batch", "job", "workflow_status"} <= tables()

    schema.downgrade(database_url, schema.NOTHING)

    assert tables() <= {"alembic_version"}
    assert schema.state(database_url) is schema.State.EMPTY


def test_upgrading_again_changes_nothing(database_url):
    schema.upgrade(database_url)
    schema.upgrade(database_url)

    schema.require_current(database_url)
    assert schema.check(database_url) == []


def test_a_difference_is_told(database_url, execute):
    schema.upgrade(database_url)
    execute("DROP TABLE kept_call")
    execute("ALTER TABLE job ADD COLUMN extra INTEGER")

    found = schema.check(database_url)

    assert any("kept_call" in line for line in found)
    assert any("extra" in line for line in found)
    assert not any("workflow_status" in line for line in found)


def test_missing_tables_of_the_background_engine_are_told_too(database_url):
    schema.upgrade(database_url)
    work_engine.remove(database_url)

    assert schema.check(database_url) == ["the tables of the background engine are missing"]
    with pytest.raises(schema.SchemaProblem, match="db upgrade"):
        schema.require_current(database_url)


def test_a_database_from_a_newer_version_is_left_alone(database_url, execute):
    schema.upgrade(database_url)
    execute("UPDATE alembic_version SET version_num = 'from_the_future'")

    with pytest.raises(schema.SchemaProblem, match="更新版本"):
        schema.upgrade(database_url)
    with pytest.raises(schema.SchemaProblem, match="更新版本"):
        schema.downgrade(database_url, schema.NOTHING)


def test_a_migration_that_breaks_has_not_happened(database_url, tables, tmp_path, monkeypatch):
    shutil.copy(schema.SCRIPTS / "env.py", tmp_path)
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "1_broken.py").write_text(BROKEN)
    monkeypatch.setattr(schema, "SCRIPTS", tmp_path)

    with pytest.raises(Exception, match="no_such_table"):
        schema.upgrade(database_url)

    assert "half" not in tables()
    assert schema.state(database_url) is schema.State.EMPTY
