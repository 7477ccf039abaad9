"""What stands on Google Cloud, in Google's own terms: the pilot light that ``secondary:`` asks for."""
