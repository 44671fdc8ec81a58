"""`python -m skillhub.command`, for processes that start processes of the same environment."""

from __future__ import annotations

from skillhub.command import main

main(prog_name="skillhub")
