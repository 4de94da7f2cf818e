"""The screen: the only code that imports textual, rich or plotext."""
