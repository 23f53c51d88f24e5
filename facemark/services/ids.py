"""New row ids: UUIDv7, so that rows made together lie together in the index."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    return uuid7()
