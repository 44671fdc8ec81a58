"""People and sites that come as files: read, judged line by line, and written all together or not at all."""
