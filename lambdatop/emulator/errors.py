"""The errors that emulated operations answer with."""

from typing import Any


class ServiceError(Exception):
    """An error as AWS would answer it: `code` is the modelled exception's name, `status` the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400, **members: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = members
