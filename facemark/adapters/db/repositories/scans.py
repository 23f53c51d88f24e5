"""Scans and the presence of those who watch."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, select

from facemark.adapters.db.bulk import chunks, insert_new, upsert
from facemark.adapters.db.models import PersonRow, PresenceRow, ScanRow
from facemark.adapters.db.repositories.cool_down import CoolDown
from facemark.adapters.db.scopes import TenantSession
from facemark.domain.errors import NotFound
from facemark.domain.ids import DeviceId, PersonId, ScanId
from facemark.domain.scans import Scan, ScanOutcome, ScanReceipt

_SCAN = (
    ScanRow.id,
    ScanRow.person_id,
    ScanRow.method,
    ScanRow.direction,
    ScanRow.device_at,
    ScanRow.received_at,
    ScanRow.source,
    ScanRow.device_id,
    ScanRow.sequence,
    ScanRow.similarity,
    ScanRow.threshold,
)


class SqlScans:
    def __init__(self, session: TenantSession) -> None:
        self._session = session

    def record_scans(self, scans: Sequence[Scan], cool_down_s: float) -> list[ScanReceipt]:
        return [
            receipt
            for chunk in chunks(scans)
            for receipt in self._record(chunk, timedelta(seconds=cool_down_s))
        ]

    def _record(self, scans: Sequence[Scan], cool_down: timedelta) -> list[ScanReceipt]:
        self._hold_people({s.person_id for s in scans})
        known = self._find_claims(s.id for s in scans)
        fresh = _first_of_each([s for s in scans if s.id not in known])
        earlier = self._decide_cool_down(fresh, cool_down)
        inserted = insert_new(
            self._session,
            ScanRow,
            [_scan_row(s, earlier[s.id]) for s in fresh],
            unique=["id"],
            returning=ScanRow.id,
        )
        new = {ScanId(id_) for id_ in inserted}
        if len(new) < len(fresh):
            known |= self._find_claims(s.id for s in fresh if s.id not in new)
        return _answer(scans, new, {s.id: s for s in fresh}, earlier=earlier, known=known)

    def _hold_people(self, people: Set[PersonId]) -> None:
        """Other transactions that scan one of them wait, or neither would see the other's scan.

        Locked in order, so that two batches cannot wait for each other.
        """
        statement = (
            select(PersonRow.id)
            .where(PersonRow.id.in_(people))
            .order_by(PersonRow.id)
            .with_for_update(key_share=True)
        )
        unknown = people - {PersonId(p) for p in self._session.scalars(statement)}
        if unknown:
            raise NotFound(
                "person_unknown",
                f"there is no person {min(unknown)}",
                "add the person before recording their scans",
            )

    def _find_claims(self, ids: Iterable[ScanId]) -> dict[ScanId, tuple[bytes, datetime | None]]:
        """What was claimed under these ids, and the earlier scan that was answered."""
        statement = select(ScanRow.id, ScanRow.payload_hash, ScanRow.earlier_at)
        return {
            ScanId(id_): (claim, earlier_at)
            for id_, claim, earlier_at in self._session.execute(
                statement.where(ScanRow.id.in_(set(ids)))
            )
        }

    def _decide_cool_down(
        self, scans: Sequence[Scan], cool_down: timedelta
    ) -> dict[ScanId, datetime | None]:
        if not scans:
            return {}
        statement = select(ScanRow.person_id, ScanRow.device_at).where(
            ScanRow.person_id.in_({s.person_id for s in scans}),
            ScanRow.device_at > min(s.device_at for s in scans) - cool_down,
            ScanRow.device_at < max(s.device_at for s in scans) + cool_down,
        )
        seen = CoolDown(cool_down)
        for person, at in self._session.execute(statement):
            seen.add(PersonId(person), at)
        return {s.id: seen.note(s.person_id, s.device_at) for s in scans}

    def list_scans(
        self, person_ids: Collection[PersonId] | None, *, since: datetime, until: datetime
    ) -> list[Scan]:
        statement = select(*_SCAN).where(ScanRow.device_at >= since, ScanRow.device_at <= until)
        parts = (
            [statement]
            if person_ids is None
            else [statement.where(ScanRow.person_id.in_(c)) for c in chunks(set(person_ids))]
        )
        found = [_build_scan(row) for part in parts for row in self._session.execute(part)]
        return sorted(found, key=lambda s: (s.device_at, s.id))

    def record_presence(self, source: str, from_at: datetime, to_at: datetime) -> None:
        upsert(
            self._session,
            PresenceRow,
            [{"source": source, "from_at": from_at, "to_at": to_at}],
            unique=["source", "from_at"],
            change=_keep_later_end,
        )

    def was_watched(self, since: datetime, until: datetime) -> bool:
        statement = (
            select(PresenceRow.source)
            .where(PresenceRow.from_at <= until, PresenceRow.to_at >= since)
            .limit(1)
        )
        return self._session.scalars(statement).first() is not None


def _keep_later_end(row: type[PresenceRow], excluded: Any) -> dict[str, Any]:
    later = case((excluded.to_at > row.to_at, excluded.to_at), else_=row.to_at)
    return {"to_at": later}


def _first_of_each(scans: Sequence[Scan]) -> list[Scan]:
    first: dict[ScanId, Scan] = {}
    for scan in scans:
        first.setdefault(scan.id, scan)
    return [*first.values()]


def _answer(
    scans: Sequence[Scan],
    new: Collection[ScanId],
    fresh: Mapping[ScanId, Scan],
    *,
    earlier: Mapping[ScanId, datetime | None],
    known: Mapping[ScanId, tuple[bytes, datetime | None]],
) -> list[ScanReceipt]:
    receipts = []
    unanswered = set(new)
    for scan in scans:
        if scan.id in unanswered:
            unanswered.remove(scan.id)
            at = earlier[scan.id]
            outcome = ScanOutcome.ALREADY_IN if at else ScanOutcome.RECORDED
        else:
            claim, at = (
                (fresh[scan.id].payload_hash(), earlier[scan.id])
                if scan.id in new
                else known[scan.id]
            )
            same = claim == scan.payload_hash()
            outcome = ScanOutcome.REPEATED if same else ScanOutcome.IDEMPOTENCY_CONFLICT
            at = at if same else None
        receipts.append(ScanReceipt(scan.id, outcome, at))
    return receipts


def _scan_row(scan: Scan, earlier_at: datetime | None) -> dict[str, Any]:
    return {
        "id": scan.id,
        "person_id": scan.person_id,
        "method": scan.method,
        "direction": scan.direction,
        "device_at": scan.device_at,
        "received_at": scan.received_at,
        "source": scan.source,
        "device_id": scan.device_id,
        "sequence": scan.sequence,
        "similarity": scan.similarity,
        "threshold": scan.threshold,
        "payload_hash": scan.payload_hash(),
        "earlier_at": earlier_at,
    }


def _build_scan(row: Any) -> Scan:
    device = row.device_id
    return Scan(
        ScanId(row.id),
        PersonId(row.person_id),
        row.method,
        row.direction,
        row.device_at,
        row.received_at,
        row.source,
        DeviceId(device) if device else None,
        row.sequence,
        row.similarity,
        row.threshold,
    )
