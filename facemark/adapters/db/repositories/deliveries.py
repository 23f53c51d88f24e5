"""Attempts to send a message."""

from uuid import UUID

from sqlalchemy import select, update

from facemark.adapters.db.bulk import insert_new
from facemark.adapters.db.models import DeliveryRow
from facemark.adapters.db.scopes import TenantSession
from facemark.domain.errors import Conflict, NotFound
from facemark.domain.ids import DeliveryId, MessageId
from facemark.domain.notices import Delivery


class SqlDeliveries:
    def __init__(self, session: TenantSession) -> None:
        self._session = session

    def start(self, delivery: Delivery) -> None:
        row = {
            "id": delivery.id,
            "message_id": delivery.message_id,
            "attempt": delivery.attempt,
            "started_at": delivery.started_at,
            "finished_at": delivery.finished_at,
            "provider_reference": delivery.provider_reference,
            "error_code": delivery.error_code,
        }
        if not insert_new(
            self._session,
            DeliveryRow,
            [row],
            unique=["message_id", "attempt"],
            returning=DeliveryRow.id,
        ):
            raise Conflict(
                "delivery_exists",
                f"attempt {delivery.attempt} at message {delivery.message_id} was begun already",
                "leave the message to the worker that began it",
            )

    def finish(self, delivery_id: DeliveryId, outcome: Delivery) -> UUID:
        """The message; an attempt that has an outcome keeps it."""
        message_id = self._session.scalars(
            select(DeliveryRow.message_id).where(DeliveryRow.id == delivery_id)
        ).one_or_none()
        if message_id is None:
            raise NotFound(
                "delivery_unknown",
                f"there is no delivery {delivery_id}",
                "start a delivery before finishing it",
            )
        self._session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.id == delivery_id, DeliveryRow.finished_at.is_(None))
            .values(
                finished_at=outcome.finished_at,
                provider_reference=outcome.provider_reference,
                error_code=outcome.error_code,
            )
            .execution_options(synchronize_session=False)
        )
        return message_id

    def list_attempts(self, message_id: MessageId) -> list[Delivery]:
        statement = (
            select(DeliveryRow)
            .where(DeliveryRow.message_id == message_id)
            .order_by(DeliveryRow.attempt)
        )
        return [
            Delivery(
                DeliveryId(row.id),
                MessageId(row.message_id),
                row.attempt,
                row.started_at,
                row.finished_at,
                row.provider_reference,
                row.error_code,
            )
            for row in self._session.scalars(statement)
        ]
