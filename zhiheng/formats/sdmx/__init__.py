"""SDMX 3.0 and 2.1: periods, structures and data of figures for the statistical programs of any country."""
