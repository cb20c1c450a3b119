"""A country of full size made by PostgreSQL itself, for the workloads that look at an office's day."""
