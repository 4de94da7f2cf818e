"""A confirmed plan is carried out: each step read again, sent once, followed until it has settled."""
