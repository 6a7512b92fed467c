"""``perfopt evaluate``: what a source of candidates is worth on a data set."""
