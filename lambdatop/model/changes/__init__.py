"""Changes: plans, marks on the charts, and whether a change helped."""
