"""Pure decisions about certificates: their frozen facts, their numbers, their wording."""
