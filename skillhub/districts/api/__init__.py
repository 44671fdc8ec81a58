"""JSON addresses of the public directory and of the switches of plugins."""
