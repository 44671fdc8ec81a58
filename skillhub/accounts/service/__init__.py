"""What can be done with people, organisations, roles and sign-ins; each function owns its transaction."""
