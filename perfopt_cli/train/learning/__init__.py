"""What changes weights: losses, trainers, sampling. Needs the ``model`` extra."""
