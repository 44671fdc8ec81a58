"""Pages about training; one module a subject."""
