"""广州市荔湾区 (Liwan, Guangzhou): completion, subsidies and the job feed, all as data."""
