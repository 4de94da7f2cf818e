"""What both front ends do before a plan is shown."""
