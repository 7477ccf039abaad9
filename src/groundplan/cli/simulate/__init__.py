"""``simulate``: what would happen, before anything exists."""

from __future__ import annotations

import typer

from groundplan.cli.simulate import availability, recovery, traffic

app = typer.Typer(help="What would happen, before anything exists.", no_args_is_help=True)
app.command()(availability.availability)
app.command()(recovery.recovery)
app.command()(traffic.traffic)
