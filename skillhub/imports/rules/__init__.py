"""What a line of a file means and whether it can be taken: pure, so that it can be read and tested alone."""
