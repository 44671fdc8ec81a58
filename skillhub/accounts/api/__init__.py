"""JSON addresses of signing in and of people."""
