"""What can go wrong in training; one module a subject."""
