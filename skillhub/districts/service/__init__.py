"""What can be done with districts, sites and switches; each public function owns its transaction."""
