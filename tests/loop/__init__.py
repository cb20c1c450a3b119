"""The story: one turn of the loop on the shared country, followed by a stranger from page to page."""
