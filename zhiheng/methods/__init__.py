"""Statistical methods on NumPy and SciPy alone: arrays in, frozen results out."""
