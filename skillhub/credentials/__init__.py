"""Training certificates: issued, printed, verified, revoked."""
