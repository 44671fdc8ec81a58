"""The list of commands in the documentation is the list that `--help` shows."""

from pathlib import Path

import click

from skillhub.command import main

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
BEGIN, END = "<!-- commands -->\n", "<!-- end -->"


def commands(group=main, path="skillhub"):
    """Yield path and command of everything that can be typed and is not hidden."""
    with click.Context(group, info_name=path) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from commands(command, f"{path} {name}")
            elif not command.hidden:
                yield f"{path} {name}", command


def usage(path, command):
    """Return what is typed: the path, the arguments, and the options that belong to it."""
    with click.Context(command, info_name=path) as context:
        typed = [each for each in command.params if isinstance(each, click.Argument)]
        arguments = [each.make_metavar(context) for each in typed]
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    words = [option.opts[-1] if option.required else f"[{option.opts[-1]}]" for option in options]
    return " ".join([path, *arguments, *words])


def table():
    """Return the table as it must stand on the page."""
    rows = [f"| `{usage(path, each)}` | {each.get_short_help_str(200)} |" for path, each in commands()]
    return "\n".join(["| 命令 | 做什么 |", "|---|---|", *rows]) + "\n"


def test_the_page_lists_every_command_as_help_shows_it():
    listed = PAGE.read_text("utf-8").split(BEGIN)[1].split(END)[0]

    assert listed == table(), f"between the marks of docs/commands.md belongs:\n{table()}"


def test_every_command_says_what_it_does():
    assert [path for path, command in commands() if not command.get_short_help_str()] == []
