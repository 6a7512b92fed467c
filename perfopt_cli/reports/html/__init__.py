"""The page of a run: one file, without scripts it needs, fonts or images from elsewhere."""
