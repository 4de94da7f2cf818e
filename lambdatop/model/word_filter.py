"""What is typed to filter a table: the same in each of them."""


def passes(pattern: str, haystack: str) -> bool:
    """True if the blank-separated words of the pattern all stand in the text, in any case; `!` inverts the whole."""
    inverse, words, text = pattern.startswith("!"), pattern.removeprefix("!").lower().split(), haystack.lower()
    return all(word in text for word in words) is not inverse if words else True
