"""Two processes import the same file at the same moment: one writes, the other finds everything there."""

import os
import subprocess
import sys
import threading

import pytest
from sqlalchemy import create_engine, text

from skillhub.base import schema
from tests.imports.conftest import number

pytestmark = pytest.mark.processes
PEOPLE = 300


@pytest.fixture
def environ(database_url, tmp_path, keys_folder):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SKILLHUB_")}
    schema.upgrade(database_url)
    made = kept | {
        "SKILLHUB_PROFILE": "test",
        "SKILLHUB_DATA": str(tmp_path / "var"),
        "SKILLHUB_KEYS": str(keys_folder),
        "SKILLHUB_DATABASE_URL": database_url,
    }
    officers = ["--officer", "罗示甲", "19900008201", "--officer", "罗示乙", "19900008202"]
    run(made, "init", "--district", "130202", "--operator", "吴示维", "19900008200", *officers)
    return made


def run(environ, *words):
    return subprocess.run(
        [sys.executable, "-m", "skillhub.command", *words],
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


def both(environ, *words):
    done = []
    threads = [threading.Thread(target=lambda: done.append(run(environ, *words))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def count(database_url, table):
    engine = create_engine(database_url)
    with engine.connect() as connection:
        found = connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 (a table of ours)
    engine.dispose()
    return found


def test_two_imports_of_one_file_at_once_double_nobody(environ, database_url, tmp_path):
    lines = [f"冯示{'甲乙丙丁戊己庚辛'[n % 8]},{number()},1990001{n:04d},保洁" for n in range(PEOPLE)]
    lines += [f"钱示{'甲乙丙丁戊己庚辛'[n % 8]},,1990002{n:04d},保洁" for n in range(PEOPLE)]
    path = tmp_path / "名册.csv"
    path.write_text("\n".join(["姓名,身份证号,联系电话,求职意向", *lines]), encoding="utf-8")
    before = count(database_url, "person")

    done = both(environ, "people", "import", str(path))

    assert [each.returncode for each in done] == [0, 0], [each.stderr for each in done]
    assert count(database_url, "person") - before == 2 * PEOPLE
    assert count(database_url, "wish") == 2 * PEOPLE
    assert sorted("写入 0" in each.stdout for each in done) == [False, True]


def test_two_imports_of_sites_at_once_double_none(environ, database_url, tmp_path):
    path = tmp_path / "站点.csv"
    rows = ["名称,种类,上级", "市场,零工市场,", *(f"驿站{n},零工驿站,市场" for n in range(100))]
    path.write_text("\n".join(rows), encoding="utf-8")

    done = both(environ, "sites", "import", str(path))

    assert [each.returncode for each in done] == [0, 0], [each.stderr for each in done]
    assert count(database_url, "site") == 101


def test_two_first_runs_at_once_found_one_installation(database_url, environ):
    assert count(database_url, "district") == 1
    again = ["--officer", "罗示丙", "19900008203", "--officer", "罗示丁", "19900008204", "--add"]

    done = both(environ, "init", "--district", "500104", *again)

    assert sorted(each.returncode for each in done) == [0, 1], [each.stderr for each in done]
    assert count(database_url, "district") == 2
    assert count(database_url, "invitation") == 5
