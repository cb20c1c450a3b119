"""The plan shows what was promised and binds it to one series or says why not."""
