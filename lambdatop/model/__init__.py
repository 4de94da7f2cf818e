"""What the words mean: pure values and functions, standard library only, no I/O and no event loop."""
