"""Tests of what both front ends do before a plan is shown."""
