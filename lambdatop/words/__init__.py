"""Text without a screen: what the monitor and the command line say in the same words."""
