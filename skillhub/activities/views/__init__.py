"""Pages about events: for everybody, for the staff at the door, for those who plan them."""
