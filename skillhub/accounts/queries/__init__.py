"""What is known of people, organisations and roles, as frozen views; who may see it is checked above."""
