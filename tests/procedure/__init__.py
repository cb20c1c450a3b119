"""Time limits and state machines do what their tables say, and refuse what they do not."""
