"""The parts of the workload ``sealed_log``: batches into a folder, records into PostgreSQL, proofs from tiles."""
