"""What panes and screens show, as text and rows without widgets."""
