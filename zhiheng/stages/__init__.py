"""The stages of the loop, one folder each; ``ORDER`` is the order in which they may use one another."""

ORDER = ("registry", "plan", "draw", "inspection", "indicators", "disclosure")
