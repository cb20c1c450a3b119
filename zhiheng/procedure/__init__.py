"""State machines and time limits as data: machine, clock, due."""
