"""The pages of figures: for everybody, for the office, and the files behind them."""
