"""The table of functions: rows, figures, findings, order."""
