"""Verifiable credentials as the W3C and 1EdTech define them; knows nothing of our tables."""
