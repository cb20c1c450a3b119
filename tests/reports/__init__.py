"""Papers as files: what stands on them, in which size, byte for byte the same."""
