"""Run the command and turn every problem into one line on standard error and exit status 2."""

import os
import sys
from collections.abc import Sequence

from addin.cli.parser import command_parser
from addin.cli.streams import replace_unknown_characters
from pyfuncs.cells.errors import GradsheetError

FAILED = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 2 a problem, 130 stopped by Ctrl-C."""
    replace_unknown_characters()
    options = command_parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except GradsheetError as error:
        if options.debug:
            raise
        print(f"gradsheet: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        if options.debug:
            raise
        print("gradsheet: stopped; nothing was changed.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, head for instance, has gone; what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return status
