"""The start of a real office: its region, its first accounts, and its own lists as they are."""
