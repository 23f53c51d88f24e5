"""Face vectors, sealed one by one and bound to institution, person, template and model."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import delete, func, select

from facemark.adapters.db.bulk import chunks, insert_rows
from facemark.adapters.db.models import TemplateRow
from facemark.adapters.db.repositories.gallery import bump_gallery_version, read_gallery_version
from facemark.adapters.db.scopes import TenantSession
from facemark.adapters.db.vault import Vault
from facemark.domain.errors import InvalidInput
from facemark.domain.faces import EngineModel
from facemark.domain.ids import PersonId, TemplateId
from facemark.domain.templates import Template

_LITTLE_ENDIAN_FLOAT = "<f4"


class SqlTemplates:
    def __init__(self, session: TenantSession, vault: Vault) -> None:
        self._session = session
        self._vault = vault

    def add_templates(self, templates: Sequence[Template]) -> None:
        insert_rows(self._session, TemplateRow, [self._seal(t) for t in templates])
        bump_gallery_version(self._session)

    def list_templates(
        self, model: EngineModel, person_ids: Collection[PersonId] | None = None
    ) -> list[Template]:
        row = TemplateRow
        statement = select(row.id, row.person_id, row.created_at, row.sealed).where(
            row.engine == model.engine,
            row.model_hash == model.model_hash,
            row.dimensions == model.dimensions,
        )
        parts = (
            [statement]
            if person_ids is None
            else [statement.where(row.person_id.in_(chunk)) for chunk in chunks(set(person_ids))]
        )
        found = [
            self._open(model, *record) for part in parts for record in self._session.execute(part)
        ]
        return sorted(found, key=lambda t: (t.person_id, t.id))

    def count_templates(self) -> Mapping[EngineModel, int]:
        model = (TemplateRow.engine, TemplateRow.model_hash, TemplateRow.dimensions)
        rows = self._session.execute(select(*model, func.count()).group_by(*model))
        return {EngineModel(engine, digest, size): count for engine, digest, size, count in rows}

    def delete_templates(self, person_id: PersonId) -> int:
        gone = self._session.scalars(
            delete(TemplateRow)
            .where(TemplateRow.person_id == person_id)
            .returning(TemplateRow.id)
            .execution_options(synchronize_session=False)
        ).all()
        bump_gallery_version(self._session)
        return len(gone)

    def gallery_version(self) -> int:
        return read_gallery_version(self._session)

    def _seal(self, template: Template) -> dict[str, Any]:
        model = template.model
        if template.vector.shape != (model.dimensions,):
            raise InvalidInput(
                "template_shape_invalid",
                f"template {template.id} has shape {template.vector.shape}, "
                f"its model gives ({model.dimensions},)",
                "enrol the photo again with this model",
            )
        plain = template.vector.astype(_LITTLE_ENDIAN_FLOAT).tobytes()
        return {
            "id": template.id,
            "person_id": template.person_id,
            "engine": model.engine,
            "model_hash": model.model_hash,
            "dimensions": model.dimensions,
            "created_at": template.created_at,
            "sealed": self._vault.seal(
                plain, "template", template.person_id, template.id, model.model_hash
            ),
        }

    def _open(
        self, model: EngineModel, id_: UUID, person: UUID, created_at: datetime, sealed: bytes
    ) -> Template:
        plain = self._vault.open(sealed, "template", person, id_, model.model_hash)
        vector = np.frombuffer(plain, _LITTLE_ENDIAN_FLOAT).astype(np.float32)
        return Template(TemplateId(id_), PersonId(person), model, created_at, vector)
