"""``perfopt mcp``: the commands as tools for a coding assistant, which proposes; perfopt judges."""
