"""Run the command line as ``python -m gridmap``."""

from gridmap.cli import main

main()
