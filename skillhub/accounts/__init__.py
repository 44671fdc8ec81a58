"""People, organisations, roles and consent; signing in."""
