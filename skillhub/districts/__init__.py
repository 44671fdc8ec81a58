"""Districts, their sites, and which plugins are on where."""
