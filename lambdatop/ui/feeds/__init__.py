"""Which sources run for what is in view, and how their updates arrive."""
