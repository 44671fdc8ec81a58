"""Reads that join the floors; they ask the features' own queries and count what those return."""
