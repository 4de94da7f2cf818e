"""The screens: each composes panes over State and owns what is merely shown: sort, filter, which panes are open."""
