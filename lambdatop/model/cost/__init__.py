"""Prices, and what functions and queries cost."""
