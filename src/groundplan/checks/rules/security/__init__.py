"""What lets in whom it should not."""
