"""JSON addresses about training; one module a subject."""
