"""Pure decisions about training: no database, no request; one module a subject."""
