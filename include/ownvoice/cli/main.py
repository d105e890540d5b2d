"""The command line: the same verbs as the tasks of the refresh, on one machine and without Airflow.

Exit codes: 0 done, 1 fault, 2 settings, 3 storage, 4 the model refuses, 5 the model does not answer, 6 not verified,
7 too many chunks without a usable answer, 20 the Hub refuses, 21 the Hub is away.
"""

from __future__ import annotations

import sys

import typer

from ownvoice.cli.chunks import chunks_command
from ownvoice.cli.dataset import export_command, show_command, verify_command, versions_command
from ownvoice.cli.lineage import lineage_command
from ownvoice.cli.push import push_to_hub_command
from ownvoice.cli.refresh import refresh_command, retry_command
from ownvoice.cli.report import report_command
from ownvoice.cli.train import train_command
from ownvoice.cli.try_prompt import try_prompt_command
from ownvoice.errors import OwnvoiceError

app = typer.Typer(
    help="Articles become provable preference data, night by night.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("refresh")(refresh_command)
app.command("retry")(retry_command)
app.command("versions")(versions_command)
app.command("show")(show_command)
app.command("verify")(verify_command)
app.command("export")(export_command)
app.command("try-prompt")(try_prompt_command)
app.command("chunks")(chunks_command)
app.command("report")(report_command)
app.command("train")(train_command)
app.command("lineage")(lineage_command)
app.command("push-to-hub")(push_to_hub_command)


def main() -> None:
    """Run the command line; a fault that a person can act on is one sentence, without a trace."""
    try:
        app()
    except OwnvoiceError as error:
        print(f"ownvoice: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
