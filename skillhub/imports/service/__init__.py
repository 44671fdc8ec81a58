"""What can be done with files of people and sites; each public function owns its transaction."""
