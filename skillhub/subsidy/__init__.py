"""Subsidy previews and claims, decided by the district's rules with their reasons."""
