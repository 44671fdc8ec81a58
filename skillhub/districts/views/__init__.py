"""Pages of the public directory, and of the plugins of a district."""
