"""How public names are offered without loading what is behind them."""
