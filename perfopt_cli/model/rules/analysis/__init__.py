"""What can be proved of a function from its own text and its module's."""
