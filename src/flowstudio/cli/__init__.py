"""The command line: one file per command, found by its name and imported only when it is called.

A file `name.py` here holds a click command (or group) called `command`; a trailing underscore keeps Python's
own words usable (`import_.py` is `flowstudio import`). Files that begin with an underscore are not commands.
"""

import pkgutil
import sys
from importlib import import_module

import click

from flowstudio import __version__
from flowstudio.errors import FlowStudioError


class CommandsByFile(click.Group):
    """A group whose commands are the modules of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names in alphabetical order."""
        return sorted(_modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's file and return what it holds."""
        module = _modules().get(cmd_name)
        if module is None:
            return None
        command = import_module(f"{__name__}.{module}").command
        assert isinstance(command, click.Command)
        return command


def _modules() -> dict[str, str]:
    """Return module names by command name."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    return {name.rstrip("_"): name for name in names}


@click.group(cls=CommandsByFile, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="FlowStudio", message="%(prog)s %(version)s")
def cli() -> None:
    """FlowStudio: draw a workflow, test it, run it."""


def main() -> None:
    """Run the command line; an error of ours is one clear line, with exit code 2 where the user can act."""
    try:
        cli(prog_name="flowstudio")
    except FlowStudioError as error:
        click.echo(" ".join(filter(None, (error.message, error.hint))), err=True)
        sys.exit(2 if error.who == "user" else 1)
