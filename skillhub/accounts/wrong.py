"""The only way in which a rule says that what was typed cannot be right."""

from __future__ import annotations


class Wrong(ValueError):
    """What was typed cannot be right; the code says why, and the errors room says it to people."""

    def __init__(self, code: str) -> None:
        """Keep the reason."""
        self.code = code
        super().__init__(code)
