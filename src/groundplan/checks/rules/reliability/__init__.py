"""What breaks with the failure of one thing, or loses data."""
