"""唐山市路南区 (Lunan, Tangshan): completion, subsidies and the job feed of the district, all as data."""
