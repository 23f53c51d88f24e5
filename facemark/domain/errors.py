"""The one family of errors a user may see: a stable code, what happened, what to do."""


class FaceMarkError(Exception):
    """Something the caller can act on.

    `code` is stable and documented in docs/reference/errors.md; `message` says what happened to
    which thing; `hint` says what to do about it.
    """

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(code, message, hint)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.code}: {self.message}; {self.hint}"


class InvalidInput(FaceMarkError):
    """What was given cannot be used as it is."""


class NotFound(FaceMarkError):
    """The named thing does not exist in this institution."""


class Conflict(FaceMarkError):
    """The request contradicts what is already recorded."""


class Refused(FaceMarkError):
    """A rule forbids it: no consent, a poor photo, a revoked pass."""


class Unavailable(FaceMarkError):
    """Something this machine needs is missing or does not answer."""
