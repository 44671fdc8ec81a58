"""`skillhub worker`: the one process that does background work."""

from __future__ import annotations

import dataclasses
import fcntl
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from skillhub.app import create_app
from skillhub.base.problem import Problem
from skillhub.base.work.engine import Worker
from skillhub.command import orphan, ready, settings, start_clock
from skillhub.config import Config

LOCK = "worker.lock"


@click.command(short_help="启动后台工作。")
@settings.safe_mode_option
@orphan.follow_option
def worker(parent: int | None) -> None:
    """启动后台工作进程：发证、岗位更新等。每套系统只运行一个。"""
    config = settings.read()
    ready.data_folder(config)
    ready.database(config)
    with only_one(config.data_folder / LOCK):
        _work(config, parent)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # jobs that stand between two slices hold threads that never end


def _work(config: Config, parent: int | None) -> None:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.set())
    running = Worker(create_app(_at_the_common_time(config), is_worker=True), config.database)
    running.start()
    orphan.follow(parent)
    click.echo("SkillHub 后台工作已启动")
    ended.wait()
    running.stop()


def _at_the_common_time(config: Config) -> Config:
    """Follow the clock that a web server has started; begin one only if there is none."""
    return dataclasses.replace(config, now="") if config.now and start_clock.has_row(config) else config


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock of the data folder; it goes with the process, however that ends.

    :raises Problem: another worker holds it.
    """
    with path.open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Problem("后台工作已经在运行，每套系统只能有一个。请先停掉那一个。") from error
        yield
