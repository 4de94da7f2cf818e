"""The seeded fleet: what functions are like, what happens to them, and the numbers that follow from it.

Everything is a pure function of (seed, function, minute, configuration in force), so history costs nothing until it is
asked for, and metrics, log lines, traces and alarms can never contradict each other.
"""
