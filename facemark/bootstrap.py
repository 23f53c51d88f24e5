"""The one place that wires adapters to services. Heavy libraries load when first needed."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facemark.adapters.channels.console import ConsoleSender
from facemark.adapters.db.migrate import check_schema, is_empty, migrate
from facemark.adapters.db.store import SqlStore
from facemark.adapters.keys.master import find_master_key
from facemark.adapters.keys.ring import MasterKeyRing
from facemark.adapters.keys.signing import Ed25519PassSigner
from facemark.adapters.system.clock import SystemClock
from facemark.config import Settings
from facemark.domain.demo import DemoKind
from facemark.domain.errors import InvalidInput, NotFound, Unavailable
from facemark.domain.ids import InstitutionId
from facemark.domain.matching.calibration import Calibration
from facemark.domain.notices import ChannelName
from facemark.domain.people import Institution
from facemark.services.demo import ensure_demo
from facemark.services.ports.channels import Sender
from facemark.services.ports.passes import PassRenderer, PassSigner
from facemark.services.ports.time import Clock
from facemark.services.ports.vision import FaceEngine, ImageDecoder, QrReader, QualityMeter
from facemark.services.tenant import Tenant


@dataclass(frozen=True, slots=True)
class App:
    """The wired product. `close()` gives the database back."""

    settings: Settings
    store: SqlStore
    clock: Clock

    def close(self) -> None:
        self.store.close()

    def list_institutions(self) -> list[Institution]:
        return self.store.list_institutions()

    def tenant(self, institution_id: int | None = None, actor: str = "cli") -> Tenant:
        """Bound to the given institution, else the configured one, else the only one.

        Raises NotFound `institution_unknown`, InvalidInput `institution_ambiguous`.
        """
        chosen = _choose(self.list_institutions(), institution_id or self.settings.institution)
        return Tenant(self.store, chosen, self.clock, actor)

    def pass_signer(self) -> PassSigner:
        return Ed25519PassSigner()

    def senders(self) -> Mapping[ChannelName, Sender]:
        console = ConsoleSender()
        return {console.channel: console}


def build_app(settings: Settings) -> App:
    """Open the database with its keys; an empty one is set up, an outdated one refused.

    Raises Unavailable `schema_outdated`, `schema_too_new`, `master_key_missing`,
    `database_unwritable`, `data_folder_unwritable`.
    """
    _create_data_folder(settings)
    fresh = is_empty(settings.url)
    master = find_master_key(os.environ, settings.master_key_path, may_create=fresh)
    if fresh:
        migrate(settings.url)
    check_schema(settings.url)
    return App(settings, SqlStore(settings.url, MasterKeyRing(master)), SystemClock())


def migrate_database(settings: Settings) -> None:
    """What the supervisor and `facemark migrate` do, and nobody else."""
    _create_data_folder(settings)
    find_master_key(os.environ, settings.master_key_path, may_create=is_empty(settings.url))
    migrate(settings.url)


@dataclass(frozen=True, slots=True)
class Vision:
    """Everything that sees, for one thread. `warning`: what to know about the engine, or empty."""

    engine: FaceEngine
    meter: QualityMeter
    decoder: ImageDecoder
    qr: QrReader
    calibration: Calibration
    warning: str


def build_vision(settings: Settings) -> Vision:
    """Load the engine the settings name.

    Raises Unavailable `face_weights_missing`, `face_weights_corrupt`, `engine_not_installed`,
    `calibration_mismatch`.
    """
    from facemark.adapters.qr.reader import ZxingQrReader
    from facemark.adapters.vision.calibration import read_calibration
    from facemark.adapters.vision.decoder import PillowDecoder
    from facemark.adapters.vision.engines import build_engine, engine_info
    from facemark.adapters.vision.quality_meter import AlignedCropMeter

    engine = build_engine(
        settings.engine,
        models_dir=settings.models_dir,
        threads=settings.threads,
        working_side=settings.working_side,
    )
    return Vision(
        engine=engine,
        meter=AlignedCropMeter(),
        decoder=PillowDecoder(),
        qr=ZxingQrReader(),
        calibration=read_calibration(engine.model),
        warning=engine_info(settings.engine).warning or "",
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads pictures and codes without any face model; threads may share it."""

    decoder: ImageDecoder
    qr: QrReader


def build_reading() -> Reading:
    from facemark.adapters.qr.reader import ZxingQrReader
    from facemark.adapters.vision.decoder import PillowDecoder

    return Reading(PillowDecoder(), ZxingQrReader())


def build_pass_renderer() -> PassRenderer:
    from facemark.adapters.documents.passes import PdfPassRenderer
    from facemark.adapters.vision.decoder import PillowDecoder

    return PdfPassRenderer(PillowDecoder())


def draw_qr(text: str) -> tuple[bytes, str]:
    """As a PNG and for a terminal."""
    from facemark.adapters.qr.drawing import render_qr_png, render_qr_text

    return render_qr_png(text), render_qr_text(text)


def found_demo(settings: Settings) -> None:
    """Raises Conflict `demo_folder_taken`."""
    if settings.demo is None:
        return
    app = build_app(settings)
    try:
        ensure_demo(app.store, app.clock, DemoKind(settings.demo))
    finally:
        app.close()


def _create_data_folder(settings: Settings) -> None:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            "data_folder_unwritable",
            f"the data folder {settings.data} cannot be created ({error.strerror})",
            "set FACEMARK_DATA to a folder you may write to",
        ) from error


def _choose(institutions: Sequence[Institution], wanted: int | None) -> InstitutionId:
    known = ", ".join(f"{i.id} {i.name}" for i in institutions)
    if wanted is not None:
        if not any(i.id == wanted for i in institutions):
            raise NotFound(
                "institution_unknown",
                f"there is no institution {wanted}",
                f"known: {known or 'none yet'}",
            )
        return InstitutionId(wanted)
    if not institutions:
        raise NotFound(
            "institution_unknown",
            "there is no institution yet",
            "create one with `facemark institution add NAME --zone Europe/London`",
        )
    if len(institutions) > 1:
        raise InvalidInput(
            "institution_ambiguous",
            "there are several institutions",
            f"choose with --institution or FACEMARK_INSTITUTION: {known}",
        )
    return institutions[0].id
