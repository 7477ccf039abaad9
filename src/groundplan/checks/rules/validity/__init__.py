"""What AWS refuses, or what can never work."""
