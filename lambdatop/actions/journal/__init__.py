"""What was done, on disk, and the way back."""
