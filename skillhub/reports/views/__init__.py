"""Pages that join the floors: the landing, the home of each role, an order's chain, a person's file."""
