"""The register keeps out what is wrong and stores what is right exactly once."""
