"""The demonstration: fictitious people of real districts, loaded through the services."""
