"""Run the command as python -m addin.cli."""

import sys

from addin.cli.command import main

sys.exit(main())
