"""Public entries stand in a log of tiles that strangers mirror, check and hold receipts of.

``directory``, ``journal`` and ``keys`` know files alone; ``sequencer`` and ``receipts`` also know the tables.
"""
