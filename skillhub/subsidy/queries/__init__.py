"""Reads for previews and claims; they return frozen views, never rows."""
