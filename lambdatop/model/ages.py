"""How long something is, in one word and its unit."""


def age(seconds: float) -> str:
    """In its largest unit: `12 s`, `4 min`, `3 h`, `2 d`."""
    whole = max(0, int(seconds))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if whole >= size:
            return f"{whole // size:,} {unit}"
    return f"{whole} s"
