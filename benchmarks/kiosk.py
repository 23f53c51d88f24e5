"""How long a kiosk waits for an answer: the whole product, its real models and several cameras.

`python -m benchmarks.kiosk [--kiosks N] [--fps F] [--seconds S] [--video FILE | --images DIR]
[--today-every S] [--seed N] [--json]`. Each client sends recorded JPEGs over its WebSocket, one in
flight; a frame that is due while the last one is unanswered is dropped, as the page does. Latency
is from the send to the answer. `--today-every`: how often the Today page is read meanwhile.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np
from websockets.asyncio.client import connect

from benchmarks.pipeline import PORTRAITS
from facemark.adapters.vision.frames import open_source
from facemark.bootstrap import App, build_app, build_vision
from facemark.config import Settings
from facemark.domain.consents import ConsentAnswer, ConsentParty, ConsentPurpose
from facemark.domain.faces import Frame
from facemark.domain.people import InstitutionKind
from facemark.domain.scans import Direction
from facemark.domain.sessions import SessionTimes
from facemark.services.consent import ConsentDraft, record_consent
from facemark.services.devices import accept_pairing, pair_device
from facemark.services.enrolment import EnrolmentTools, Photo, enrol_person
from facemark.services.sessions import add_session
from facemark.services.setup import InstitutionDraft, PersonDraft, add_person, create_institution
from facemark.services.tenant import Tenant
from facemark.services.today import view_today
from facemark.testing.product import RunningProduct, running_product

ZONE = "Europe/London"
CLIP = Path(__file__).parents[2] / "shared/data/faces/clip/short_hamilton_clip.mp4"
LONGEST_SIDE = 640
QUALITY = 80
WARM_UP = 5
"""Answers of each kiosk that are not counted: models load and allocate with the first ones."""


@dataclass(slots=True)
class Measured:
    times_ms: list[float] = field(default_factory=list)
    dropped: int = 0
    faces: int = 0
    welcomed: set[str] = field(default_factory=set)


def shrink(image: Frame) -> Frame:
    scale = LONGEST_SIDE / max(image.shape[:2])
    if scale >= 1:
        return image
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def encode(image: Frame) -> bytes:
    _, data = cv2.imencode(".jpg", shrink(image), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(data)


def portrait() -> Frame:
    from skimage.data import astronaut

    picture = astronaut()  # type: ignore[no-untyped-call]
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), np.uint8)


def walking_portrait() -> Iterator[Frame]:
    person = np.asarray(cv2.resize(portrait(), (360, 360), interpolation=cv2.INTER_AREA), np.uint8)
    for x in (*range(0, 280, 8), *range(280, 0, -8)):
        room = np.full((360, 640, 3), (200, 196, 190), np.uint8)
        room[:, x : x + 360] = person
        yield room


def load_frames(video: Path | None, images: Path | None, fps: float) -> list[bytes]:
    """JPEGs `fps` apart; without a source, a public-domain portrait that walks to and fro."""
    if images is not None:
        paths = sorted(p for p in images.rglob("*") if p.suffix.lower() in {".jpg", ".png"})
        read = (cv2.imread(str(path), cv2.IMREAD_COLOR) for path in paths)
        return [encode(np.asarray(image, np.uint8)) for image in read if image is not None]
    if video is None:
        return [encode(frame) for frame in walking_portrait()]
    chosen, due_s = [], 0.0
    with closing(open_source(str(video))) as source:
        for frame in source.frames():
            if frame.position_s >= due_s:
                due_s += 1 / fps
                chosen.append(encode(frame.image))
    return chosen


def found_school(app: App, video: Path | None) -> Tenant:
    """The people of the clip, or the portrait's, enrolled and expected today."""
    school = create_institution(
        app.store, InstitutionDraft("Bench", InstitutionKind.SCHOOL, ZONE), app.clock
    )
    tenant = Tenant(app.store, school.id, app.clock, "benchmark")
    vision = build_vision(app.settings)
    tools = EnrolmentTools(
        vision.engine,
        vision.meter,
        vision.decoder,
        vision.calibration,
        app.settings.target_fpir,
    )
    for name, photos in people_of(video):
        add_person(tenant, PersonDraft(name, name))
        yes = ConsentDraft(ConsentPurpose.FACE, ConsentAnswer.GRANTED, ConsentParty.PERSON, "en-1")
        record_consent(tenant, name, yes)
        enrol_person(tenant, name, photos, tools)
    now = datetime.now(ZoneInfo(ZONE))
    end = now + timedelta(hours=2)
    times = SessionTimes(now.date(), now.time().replace(second=0, microsecond=0), end.time(), ZONE)
    add_session(tenant, times, name="Day")
    return tenant


def people_of(video: Path | None) -> Iterator[tuple[str, list[Photo]]]:
    folder = video.parent if video else None
    for name, files in PORTRAITS.items():
        paths = [folder / file for file in files] if folder else []
        if name != "Lacamoire" and paths and all(path.is_file() for path in paths):
            yield name, [Photo(path.name, path.read_bytes()) for path in paths]
    _, data = cv2.imencode(".png", portrait())
    yield "Collins", [Photo("portrait.png", bytes(data))]


@dataclass(frozen=True, slots=True)
class Load:
    frames: Sequence[bytes]
    fps: float
    seconds: float
    seed: int

    def phase_s(self, kiosk: int) -> float:
        """Cameras are not in step with each other."""
        return random.Random(self.seed * 1000 + kiosk).uniform(0, 1 / self.fps)


async def play(gate_url: str, cookie: str, load: Load, *, start: int) -> Measured:
    """One kiosk that begins at frame `start`, so that the kiosks do not see the same."""
    measured, origin = Measured(), gate_url.rstrip("/")
    url = f"{origin.replace('http', 'ws', 1)}/kiosk/socket"
    headers = {"Cookie": f"facemark_kiosk={cookie}"}
    async with connect(url, origin=origin, additional_headers=headers) as socket:  # type: ignore[arg-type]
        for number in range(WARM_UP):
            await socket.send(load.frames[(start + number) % len(load.frames)])
            await socket.recv()
        await asyncio.sleep(load.phase_s(start))
        begun = time.perf_counter()
        tick = 0
        while (now := time.perf_counter()) - begun < load.seconds:
            due = begun + tick / load.fps
            if now < due:
                await asyncio.sleep(due - now)
            sent = time.perf_counter()
            await socket.send(load.frames[(start + WARM_UP + tick) % len(load.frames)])
            note(measured, await socket.recv(), time.perf_counter() - sent)
            missed = int((time.perf_counter() - begun) * load.fps) - tick
            measured.dropped += max(0, missed)
            tick += 1 + max(0, missed)
    return measured


def note(measured: Measured, answer: str | bytes, took_s: float) -> None:
    message = json.loads(answer)
    if message["type"] != "view":
        raise SystemExit(f"the gate answered {message}")
    measured.times_ms.append(took_s * 1e3)
    measured.faces += len(message["faces"])
    measured.welcomed |= {face["title"] for face in message["faces"] if face["time"]}


async def rerun_today(tenant: Tenant, every_s: float) -> None:
    while every_s:
        await asyncio.sleep(every_s)
        await asyncio.to_thread(view_today, tenant)


async def play_all(
    product: RunningProduct, cookies: Sequence[str], load: Load, today: tuple[Tenant, float]
) -> list[Measured]:
    other = asyncio.create_task(rerun_today(*today))
    apart = max(1, len(load.frames) // len(cookies))
    kiosks = [
        play(product.gate_url, cookie, load, start=number * apart)
        for number, cookie in enumerate(cookies)
    ]
    measured = await asyncio.gather(*kiosks)
    other.cancel()
    return measured


def summarise(runs: Sequence[Measured], load: Load) -> dict[str, object]:
    times = [took for run in runs for took in run.times_ms]
    percentiles = statistics.quantiles(times, n=100)
    return {
        "kiosks": len(runs),
        "fps": load.fps,
        "seconds": load.seconds,
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(percentiles[94], 1),
        "p99_ms": round(percentiles[98], 1),
        "answered": len(times),
        "dropped": sum(run.dropped for run in runs),
        "faces": sum(run.faces for run in runs),
        "welcomed": sorted(set().union(*(run.welcomed for run in runs))),
    }


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, object]:
    video = arguments.video or (CLIP if CLIP.is_file() and arguments.images is None else None)
    frames = load_frames(video, arguments.images, arguments.fps)
    app = build_app(Settings(data=folder))
    tenant = found_school(app, video)
    links = [pair_device(tenant, f"Door {n}", Direction.IN) for n in range(arguments.kiosks)]
    cookies = [accept_pairing(app.store, app.clock, link.secret).secret for link in links]
    load = Load(frames, arguments.fps, arguments.seconds, arguments.seed)
    with running_product(folder) as product:
        runs = asyncio.run(play_all(product, cookies, load, (tenant, arguments.today_every)))
    app.close()
    return summarise(runs, load)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kiosks", type=int, default=3)
    parser.add_argument("--fps", type=float, default=5.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--video", type=Path)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--today-every", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        summary = measure(arguments, Path(folder))
    for name, value in summary.items():
        sys.stdout.write(f"{name:<12}{value}\n")
    if arguments.json:
        sys.stdout.write(json.dumps(summary) + "\n")


if __name__ == "__main__":
    main()
