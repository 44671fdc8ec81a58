"""`skillhub bench`: run one benchmark of a checkout and print its figures."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from skillhub.base.problem import Problem

FOLDER = Path(__file__).parents[2] / "benchmarks"


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("name")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def bench(context: click.Context, name: str, options: tuple[str, ...]) -> None:
    """跑 benchmarks 里叫 NAME 的测速，打印 JSON：figure、floor、ratio；OPTIONS 原样交给它。"""
    known = sorted(path.stem for path in FOLDER.glob("*.py"))
    if not known:
        raise Problem("这里没有 benchmarks 目录：测速只能在源码目录里跑。")
    if name not in known:
        raise click.UsageError(f"没有叫 {name} 的测速，有的是：{'、'.join(known)}")
    with tempfile.TemporaryDirectory(prefix="skillhub-bench-") as folder:
        environ = {
            "XDG_RUNTIME_DIR": folder
        } | os.environ  # a PostgreSQL of its own keeps its lock file there
        done = subprocess.run(  # noqa: S603 (a script of ours; the name was looked up)
            [sys.executable, FOLDER / f"{name}.py", *options], env=environ, check=False
        )
    context.exit(done.returncode)
