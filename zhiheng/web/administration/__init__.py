"""Who works here, who may do what, and what was recorded: the pages of the three administrators."""
