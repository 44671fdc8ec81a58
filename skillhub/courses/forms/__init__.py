"""Forms of the training pages; one module a subject."""
