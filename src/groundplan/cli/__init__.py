"""The command line."""

import gc
import os

# Commands last for half a second and make few cycles; at Python's own threshold (700) collecting takes a fifth of it.
gc.set_threshold(50_000, 10, 10)
# Looking for plugins, pydantic reads the metadata of every installed package: 15 ms for nothing.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
