"""重庆市大渡口区 (Dadukou, Chongqing): completion, subsidies and the job feed, all as data."""
