"""Which scan follows another of the same person too soon to be news."""

from bisect import bisect_right, insort
from collections import defaultdict
from datetime import datetime, timedelta

from facemark.domain.ids import PersonId


class CoolDown:
    """Scans as they were recorded; distance is by device time, in either direction."""

    def __init__(self, length: timedelta) -> None:
        self._length = length
        self._seen: dict[PersonId, list[datetime]] = defaultdict(list)

    def add(self, person: PersonId, at: datetime) -> None:
        insort(self._seen[person], at)

    def note(self, person: PersonId, at: datetime) -> datetime | None:
        """Add a scan; the first known one less than the cool-down away from it, if any."""
        seen = self._seen[person]
        start = bisect_right(seen, at - self._length)
        near = seen[start] if start < len(seen) and seen[start] - at < self._length else None
        insort(seen, at)
        return near
