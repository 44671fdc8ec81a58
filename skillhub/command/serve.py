"""`skillhub serve`: checks, then the web server."""

from __future__ import annotations

import dataclasses
import importlib
import os
import tempfile

import click

from skillhub.command import orphan, ready, settings, start_clock

SERVER = "skillhub.command.server"
METRICS = "PROMETHEUS_MULTIPROC_DIR"


@click.command(short_help="启动网页服务。")
@settings.safe_mode_option
@orphan.follow_option
def serve(parent: int | None) -> None:
    """启动网页服务（gunicorn），只监听 127.0.0.1，端口由 PORT 决定。"""
    config = settings.read()
    ready.data_folder(config)
    ready.port(config)
    ready.database(config)
    ready.web_process(config)
    if config.start is not None:
        start_clock.restart(config)
        config = dataclasses.replace(config, now="")  # the row says it now, to every process alike
    orphan.follow(parent)
    click.echo(f"SkillHub 网页服务：http://{ready.HOST}:{config.port}")
    with tempfile.TemporaryDirectory(prefix="skillhub-metrics-") as folder:
        # Counts of several processes meet in this folder; the library reads its name when it is imported.
        os.environ.setdefault(METRICS, folder)
        importlib.import_module(SERVER).Server(config).run()
