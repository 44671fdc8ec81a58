"""Everything that changes training; one module a subject."""
