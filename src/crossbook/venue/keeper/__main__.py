"""Run a keeper; the venue starts it and speaks to it over standard input and output."""

import sys

from crossbook.venue.keeper.child import main

if __name__ == "__main__":
    sys.exit(main())
