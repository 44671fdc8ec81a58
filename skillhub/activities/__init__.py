"""One-off events of many people (活动): announced, signed in to on the day, without a certificate."""
