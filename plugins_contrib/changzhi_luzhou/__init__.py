"""长治市潞州区 (Luzhou, Changzhi): completion, subsidies and the job feed, all as data."""
