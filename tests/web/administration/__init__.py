"""The pages of the three administrators."""
