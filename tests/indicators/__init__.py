"""The rules, actions and pages of released figures."""
