"""What will happen, computed from the architecture: failures and repairs, traffic and scaling."""
