"""Training orders, courses, batches, applications, attendance and results."""
