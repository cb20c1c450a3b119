"""What a stranger can check: canonical JSON, hash chain, lottery, frame file."""
