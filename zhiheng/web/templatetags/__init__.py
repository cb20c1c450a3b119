"""Template filters and tags of the shell."""
