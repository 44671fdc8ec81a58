"""Everything that changes engagements, ratings and the ledger. One public function, one transaction."""
