"""What all pages and all JSON addresses share: shell, styles, headers, errors, requests."""
