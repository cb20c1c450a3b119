"""The parts of the workload ``sealed_log``: on disk, through PostgreSQL, and by single proofs."""
