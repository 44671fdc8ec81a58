"""What `killed.py` is made of: a marked server, people who try again, a killer, and what must be kept."""
