"""Pure decisions about claims."""
