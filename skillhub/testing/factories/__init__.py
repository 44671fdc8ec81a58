"""Makers of what tests need, built on the services that users' requests go through."""
