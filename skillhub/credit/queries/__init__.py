"""Reads of engagements, ratings and the ledger; they return frozen views, never rows."""
