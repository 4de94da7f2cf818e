"""Planners: from what is there and a wish to a plan, without a call."""
