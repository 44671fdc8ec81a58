"""Pages that join the floors: the public landing, the home of each role, an order's chain, a person's file."""
