"""What is known of events, as frozen views."""
