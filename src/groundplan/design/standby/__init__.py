"""The same environment once more in another region: a second draft with steps of its own, and both as one."""
