"""Each workload beside its peer: a module gives NAME, GOAL and run(quick) -> measured values."""
