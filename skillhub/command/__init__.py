"""The command line: `skillhub` with everything that people type; features bring their own commands."""

from __future__ import annotations

from skillhub.command.group import Main

__all__ = ["main"]

main = Main(
    "skillhub",
    help="SkillHub：区县零工市场的培训、证书和补贴平台。每条命令都有 --help。",
    ours={
        "init": "skillhub.command.init:init",
        "run": "skillhub.command.run:run",
        "serve": "skillhub.command.serve:serve",
        "worker": "skillhub.command.worker:worker",
        "doctor": "skillhub.command.doctor:doctor",
        "clock": "skillhub.command.clock:clock",
        "db": "skillhub.command.db:db",
        "queue": "skillhub.command.queue:queue",
        "plugins": "skillhub.command.plugins:plugins",
        "bench": "skillhub.command.bench:bench",
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
