"""The enrolled faces that may be compared right now, kept current by a version counter."""

from facemark.domain.consents import Consent, ConsentPurpose, is_consented
from facemark.domain.faces import EngineModel
from facemark.domain.ids import PersonId
from facemark.domain.matching.gallery import Gallery
from facemark.services.ports.store import UnitOfWork
from facemark.services.tenant import Tenant


class CurrentGallery:
    """Reloads itself when templates, consents or memberships changed since the last look.

    Ask before each decision: a withdrawn consent then takes effect with the next frame.
    """

    def __init__(self, tenant: Tenant, model: EngineModel) -> None:
        self._tenant = tenant
        self._model = model
        self._gallery: Gallery | None = None

    def __call__(self) -> Gallery:
        with self._tenant.read() as uow:
            version = uow.templates.gallery_version()
            if self._gallery is None or self._gallery.version != version:
                self._gallery = load_gallery(self._tenant, uow, self._model)
        return self._gallery


def load_gallery(tenant: Tenant, uow: UnitOfWork, model: EngineModel) -> Gallery:
    """Everybody with templates of exactly this model and a valid consent to face recognition."""
    version = uow.templates.gallery_version()
    templates = uow.templates.list_templates(model)
    allowed = _consented(uow.consents.list_consents(), tenant)
    return Gallery.build([t for t in templates if t.person_id in allowed], version=version)


def _consented(records: list[Consent], tenant: Tenant) -> set[PersonId]:
    now = tenant.clock.now()
    by_person: dict[PersonId, list[Consent]] = {}
    for record in records:
        by_person.setdefault(record.person_id, []).append(record)
    return {
        person for person, own in by_person.items() if is_consented(own, ConsentPurpose.FACE, now)
    }
