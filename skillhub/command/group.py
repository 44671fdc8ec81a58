"""How commands are found, run inside the application, and refused in one line.

Only the module of the command that was typed is imported: the whole application
takes more than a second, and `--help` or `clock` should not wait for it.
"""

from __future__ import annotations

import copy
import functools
import importlib
import importlib.metadata
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import click

from skillhub.command import problems

PACKAGE = Path(__file__).parents[1]
INSIDE = "skillhub.command.inside:application"


class Refused(click.ClickException):
    """The command cannot be carried out; exit status 1 and one line that says what to do."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:  # noqa: ARG002 (click's signature)
        """Print the line."""
        click.echo(self.message, err=True)


class Misused(Refused):
    """What was typed is no command of ours; exit status 2."""

    exit_code = 2


class Main(click.Group):
    """The group of all commands: ours by import path, the features' by their room `cli`."""

    def __init__(self, name: str, *, ours: Mapping[str, str], **settings: Any) -> None:
        super().__init__(name, **settings)
        self._ours = ours

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return all names, those that run the house first."""
        return [*self._ours, *sorted(command.name or "" for command in feature_commands())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        """Return a command by its name."""
        if cmd_name in self._ours:
            found = _imported(self._ours[cmd_name])
            return found if isinstance(found, click.Command) else None
        for command in feature_commands():
            if command.name == cmd_name:
                return inside_application(command)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            ctx.fail(f"没有命令 {args[0]}。")
        return super().resolve_command(ctx, args)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the options before the command's name; wrong ones are told in Chinese."""
        with problems.told(Refused, Misused):
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever a person can do something about is one line on stderr."""
        with problems.told(Refused, Misused):
            return super().invoke(ctx)


def feature_commands() -> Iterator[click.Command]:
    """Yield the commands of every feature that has a room `cli`."""
    for feature in sorted(each.name for each in pkgutil.iter_modules([str(PACKAGE)]) if each.ispkg):
        if feature == "command":
            continue
        if any(room.name == "cli" for room in pkgutil.iter_modules([str(PACKAGE / feature)])):
            yield from importlib.import_module(f"skillhub.{feature}.cli").commands


def inside_application(command: click.Command) -> click.Command:
    """Return a copy of a command, or of a whole group, that runs inside the application."""
    wrapped = copy.copy(command)
    if isinstance(wrapped, click.Group):
        wrapped.commands = {name: inside_application(each) for name, each in wrapped.commands.items()}
    elif wrapped.callback is not None:
        wrapped.callback = _with_application(wrapped.callback)
    return wrapped


def _with_application(callback: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callback)
    def inside(*args: Any, **options: Any) -> Any:
        stands_alone = getattr(callback, "skillhub_alone", None)
        if stands_alone is not None and stands_alone(**options):
            return callback(*args, **options)  # what needs no installation runs where there is none
        application = _imported(INSIDE)
        with application():
            return callback(*args, **options)

    return inside


def _imported(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
