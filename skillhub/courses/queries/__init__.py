"""Reads about training as frozen views; one module a subject."""
