"""One module a topic, each with its ``ADAPTERS`` from method to function; see the package above."""
