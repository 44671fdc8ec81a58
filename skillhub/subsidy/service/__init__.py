"""Asks the district's rules, and everything that changes claims. One public function, one transaction."""
