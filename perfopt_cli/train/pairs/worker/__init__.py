"""What runs the sides of pairs inside the sandbox: the standard library only."""
