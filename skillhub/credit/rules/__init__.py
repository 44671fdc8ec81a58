"""Pure decisions about stars and the ledger."""
