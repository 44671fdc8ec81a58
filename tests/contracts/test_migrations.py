"""Migrations and models say the same, on both databases, and everything can be taken away again."""

import sqlalchemy as sa

from skillhub.base import schema


def test_migrations_build_what_the_models_say_and_take_it_all_away_again(database_url):
    schema.upgrade(database_url)
    assert schema.check(database_url) == []

    schema.downgrade(database_url, schema.NOTHING)

    engine = sa.create_engine(database_url)
    left = set(sa.inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    assert left == set()


def test_a_difference_between_models_and_database_is_named(database_url):
    schema.upgrade(database_url)
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE wish ADD COLUMN forgotten INTEGER"))
    engine.dispose()

    assert any("forgotten" in line for line in schema.check(database_url))


def test_every_migration_answers_the_two_questions():
    for path in (schema.SCRIPTS / "versions").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "Safe while the previous release runs: " in text
        assert "Reversible: " in text
        assert "TODO" not in text
