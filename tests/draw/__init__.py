"""The draw: who is inspected, with which probability, and how a stranger checks it."""
