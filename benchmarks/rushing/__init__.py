"""Parts of the benchmark `rush`: the stage, the load, the bare counterparts, and growth."""
