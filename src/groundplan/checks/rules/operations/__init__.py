"""What makes a system hard to run: silence where someone should be told, things nobody can tell apart."""
