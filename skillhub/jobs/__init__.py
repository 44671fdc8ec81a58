"""Job postings from the districts' feeds, each with the course that qualifies for it."""
