"""杭州市上城区 (Shangcheng, Hangzhou): completion, subsidies and the job feed, all as data."""
