"""`python -m twolane` is the command line."""

from twolane.cli.main import main

main()
