"""The parts of the application: focus, changes, alarms, and what follows from updates."""
