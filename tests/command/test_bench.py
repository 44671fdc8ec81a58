import pytest

from skillhub.command import bench


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of benchmarks with one that tells how it was called."""
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    (tmp_path / "small.py").write_text("import sys; sys.stdout.write(repr(sys.argv[1:])); sys.exit(1)")
    return tmp_path


def test_a_benchmark_gets_its_options_and_its_status_is_ours(run, folder, capfd):
    result = run("bench", "small", "--people", "3")

    assert (result.exit_code, capfd.readouterr().out) == (1, "['--people', '3']")


def test_a_name_that_is_none_is_told_which_there_are(run, folder):
    result = run("bench", "large")

    assert result.exit_code == 2
    assert "small" in result.stderr


def test_without_a_checkout_there_is_nothing_to_run(run, folder):
    (folder / "small.py").unlink()

    result = run("bench", "small")

    assert result.exit_code == 1
    assert "源码目录" in result.stderr


def test_the_benchmarks_of_this_checkout_are_found():
    assert {"rush", "web_worker"} <= {path.stem for path in bench.FOLDER.glob("*.py")}
