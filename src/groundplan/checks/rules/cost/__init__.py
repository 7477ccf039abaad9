"""Cost: what is paid for and does nothing, or could do the same for less."""
