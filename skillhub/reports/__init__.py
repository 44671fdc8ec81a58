"""Pages that join the floors below, read-only: homes, an order with its funnel, a person's file."""
