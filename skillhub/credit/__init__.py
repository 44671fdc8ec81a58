"""Work done for employers, its stars, and the ledger behind every score."""
