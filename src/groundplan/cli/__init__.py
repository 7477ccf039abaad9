"""The command line."""

import gc

# Commands last for half a second and make few cycles; at Python's own threshold (700) collecting takes a fifth of it.
gc.set_threshold(50_000, 10, 10)
