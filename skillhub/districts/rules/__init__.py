"""Pure decisions about sites."""
