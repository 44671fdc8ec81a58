"""What is known of files that were handed in; each belongs to who handed it in."""
