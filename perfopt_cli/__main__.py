"""``python -m perfopt_cli``."""

from perfopt_cli.main import main

main()
