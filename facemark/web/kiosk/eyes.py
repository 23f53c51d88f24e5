"""What the kiosks of this process see with: codes on any thread, faces on the one that owns them.

Nothing is loaded before the first kiosk connects.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from facemark.bootstrap import Reading, Vision, build_reading
from facemark.domain.ids import InstitutionId
from facemark.domain.matching.decision import MatchPolicy
from facemark.domain.tracking import LookPolicy
from facemark.services.gallery import CurrentGallery
from facemark.services.ports.vision import TimedFrame
from facemark.services.recognition import Recogniser, RecognitionPolicy, Sighting
from facemark.services.tenant import Tenant

LOOKS_PER_FRAME = 2
"""A crowd at one kiosk is named over a few frames, so that other kiosks need not wait for it."""


@dataclass(slots=True)
class Eyes:
    """The models are not thread-safe, so one thread owns them and everything that uses them.

    A kiosk asks for its next look after the answer to the last one: nobody waits behind two looks
    of another kiosk, and no more looks queue than there are kiosks.
    """

    load: Callable[[], Vision]
    target_fpir: float
    read_with: Callable[[], Reading] = build_reading
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="faces")
    )
    _vision: Vision | None = None
    _reading: Reading | None = None
    _galleries: dict[InstitutionId, CurrentGallery] = field(default_factory=dict)

    async def open(self, tenant: Tenant) -> Recogniser:
        """For one kiosk. Raises what `load` raises; the next kiosk tries again."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._open, tenant)

    async def look(self, recogniser: Recogniser, frame: TimedFrame) -> list[Sighting]:
        """Raises Conflict `gallery_model_differs`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, recogniser.process, frame)

    def reading(self) -> Reading:
        """Blocks for the libraries at the first call."""
        if self._reading is None:
            self._reading = self.read_with()
        return self._reading

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    def _open(self, tenant: Tenant) -> Recogniser:
        if self._vision is None:
            self._vision = self.load()
        vision = self._vision
        gallery = self._galleries.setdefault(
            tenant.institution, CurrentGallery(tenant, vision.engine.model)
        )
        return Recogniser(
            vision.engine,
            vision.meter,
            gallery=gallery,
            calibration=vision.calibration,
            policy=RecognitionPolicy(
                match=MatchPolicy(target_fpir=self.target_fpir),
                looks=LookPolicy(max_per_frame=LOOKS_PER_FRAME),
            ),
        )
