"""``python -m plea_aid`` is the command line."""

from plea_aid.cli import main

main()
