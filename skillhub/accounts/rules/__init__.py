"""What holds for people's data without looking at any row: pure, so that it can be read and tested alone."""
