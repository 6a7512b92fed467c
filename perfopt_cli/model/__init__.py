"""Where candidate rewrites come from: symbolic rules, a local model, a replay file."""
