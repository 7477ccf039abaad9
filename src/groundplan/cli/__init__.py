"""The command line."""

import gc
import os

# Commands last for half a second, keep nearly all that they make and make few cycles: at Python's own threshold (700)
# looking for them takes a fifth of the time, and a single look at 50 000 new objects takes 25 ms.
gc.set_threshold(200_000, 10, 10)
# Looking for plugins, pydantic reads the metadata of every installed package: 15 ms for nothing.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
