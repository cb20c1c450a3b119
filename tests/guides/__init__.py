"""The guides say what works: their commands are run, their addresses exist, their links lead somewhere."""
