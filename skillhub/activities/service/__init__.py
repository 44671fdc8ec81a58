"""What can be done with events; each public function owns its transaction."""
