"""Forms of districts: switches of plugins, sites, employers."""
