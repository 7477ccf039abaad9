"""The blueprint: what people write, read with line numbers, one for each environment."""
