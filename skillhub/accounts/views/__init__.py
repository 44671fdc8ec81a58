"""Pages of signing in, of registering people, and of their roles."""
