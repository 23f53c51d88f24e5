"""One kiosk's connection: the newest frame in, its answer out, one at a time."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from anyio import CancelScope, CapacityLimiter, create_task_group, to_thread
from starlette.websockets import WebSocket, WebSocketDisconnect

from facemark.domain.errors import FaceMarkError, InvalidInput
from facemark.domain.faces import Frame
from facemark.services.kiosk import Door, PassAnswer
from facemark.services.ports.vision import TimedFrame
from facemark.services.recognition import Recogniser
from facemark.web.kiosk import messages
from facemark.web.kiosk.eyes import Eyes

T = TypeVar("T")

MAX_FRAME_BYTES = 1_000_000
MAX_TEXT_CHARS = 1_000
MAX_WAITING_TEXTS = 8
REFUSED = 4403
"""Close code after which the page does not try again by itself."""


@dataclass(slots=True)
class Inbox:
    """The newest frame only, and the last few texts; what comes faster than that is dropped."""

    frame: bytes | None = None
    texts: deque[str] = field(default_factory=lambda: deque(maxlen=MAX_WAITING_TEXTS))
    ended: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def fill(self, socket: WebSocket) -> None:
        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                if (text := message.get("text")) is not None:
                    self.texts.append(text)
                elif (data := message.get("bytes")) is not None:
                    self.frame = data
                self._news.set()
        finally:
            self.ended = True
            self._news.set()

    async def take(self) -> str | bytes | None:
        """Texts before frames; None at the end."""
        while not self.ended:
            if self.texts:
                return self.texts.popleft()
            if self.frame is not None:
                frame, self.frame = self.frame, None
                return frame
            self._news.clear()
            await self._news.wait()
        return None


@dataclass(slots=True)
class Connection:
    """`recogniser` None: there is nothing to recognise faces with; passes work all the same."""

    socket: WebSocket
    door: Door
    eyes: Eyes
    limiter: CapacityLimiter
    zone: str
    recogniser: Recogniser | None
    monotonic: Callable[[], float]

    async def run(self) -> None:
        inbox = Inbox()
        try:
            async with create_task_group() as tasks:
                tasks.start_soon(inbox.fill, self.socket)
                await self._answer_all(inbox)
                tasks.cancel_scope.cancel()
        finally:
            # Even when the server is stopping: the door was watched until now.
            with CancelScope(shield=True):
                await self._in_thread(self.door.note_end)

    async def _answer_all(self, inbox: Inbox) -> None:
        while (message := await inbox.take()) is not None:
            try:
                await self._in_thread(self.door.require_valid)
            except FaceMarkError as error:
                await self.refuse(error)
                return
            if not await self._send(await self._answer(message)):
                return

    async def refuse(self, error: FaceMarkError) -> None:
        if await self._send(messages.write_refused(error)):
            await self.socket.close(REFUSED, error.code)

    async def _send(self, text: str) -> bool:
        try:
            await self.socket.send_text(text)
        except (WebSocketDisconnect, RuntimeError):
            return False
        return True

    async def _answer(self, message: str | bytes) -> str:
        try:
            if isinstance(message, bytes):
                return await self._see(message)
            return await self._hear(message)
        except FaceMarkError as error:
            return messages.write_problem(error)

    async def _hear(self, text: str) -> str:
        said = _parse(text)
        if said.get("type") == "pass":
            answer = await self._in_thread(lambda: self.door.take_pass(str(said.get("text", ""))))
            return messages.write_pass(answer, self.zone)
        if said.get("type") == "alive":
            return await self._in_thread(lambda: self._day(watching=said.get("camera") is True))
        raise _unknown_message()

    def _day(self, *, watching: bool) -> str:
        if watching:
            self.door.note_watching()
        return messages.write_day(self.door.view_day(), faces=self.recogniser is not None)

    async def _see(self, data: bytes) -> str:
        """A valid pass in view is enough: then nobody's face is looked at."""
        position_s, seen_at = self.monotonic(), self.door.tenant.clock.now()
        image, passes = await self._in_thread(lambda: self._read(data))
        faces = []
        if self.recogniser is not None and not any(answer.welcome for answer in passes):
            frame = TimedFrame(position_s, image)
            sightings = await self.eyes.look(self.recogniser, frame)
            faces = await self._in_thread(lambda: self.door.take_sightings(sightings, seen_at))
        size = (image.shape[1], image.shape[0])
        return messages.write_view(faces, passes, zone=self.zone, size=size)

    def _read(self, data: bytes) -> tuple[Frame, list[PassAnswer]]:
        if len(data) > MAX_FRAME_BYTES:
            raise InvalidInput(
                "frame_too_large",
                f"the frame has {len(data)} bytes",
                f"send at most {MAX_FRAME_BYTES}; 640 pixels on the longest side are plenty",
            )
        reading = self.eyes.reading()
        image = reading.decoder.decode(data)
        self.door.note_watching()
        return image, self.door.take_codes(reading.qr.read(image))

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await to_thread.run_sync(call, limiter=self.limiter)


def _parse(text: str) -> dict[str, object]:
    try:
        said = json.loads(text) if len(text) <= MAX_TEXT_CHARS else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise _unknown_message()
    return said


def _unknown_message() -> InvalidInput:
    return InvalidInput(
        "message_unknown", "this is no message that a kiosk sends", "reload the kiosk page"
    )
