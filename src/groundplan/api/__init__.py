"""The Python way: a blueprint as a call, an environment as an object. ``import groundplan`` has the names."""
