from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import pytest

from facemark.domain.errors import Conflict
from facemark.domain.faces import Box, Embeddings, EngineModel
from facemark.domain.ids import PersonId, TemplateId
from facemark.domain.matching.calibration import Calibration, CurvePoint, CurveTail
from facemark.domain.matching.decision import MatchDecision
from facemark.domain.matching.gallery import Gallery
from facemark.domain.templates import Template
from facemark.domain.tracking import LookPolicy
from facemark.services.recognition import Recogniser, RecognitionPolicy, Sighting
from facemark.testing.vision import (
    BLURRED_QUALITY,
    FAKE_MODEL,
    HOPELESS_QUALITY,
    FakeFaceEngine,
    FakeFrameSource,
    ScriptedFace,
    random_unit,
    unit_like,
)

ALICE, BOB = (PersonId(UUID(int=n)) for n in (1, 2))
RNG = np.random.default_rng(11)
FACES: Mapping[PersonId, Embeddings] = {ALICE: random_unit(RNG), BOB: random_unit(RNG)}
STRANGER = random_unit(RNG)
HERE, THERE = Box(10, 10, 40, 40), Box(300, 10, 40, 40)
CALIBRATION = Calibration(
    model=FAKE_MODEL,
    dataset="made up",
    points=(CurvePoint(0.5, 1e-2, 0.0), CurvePoint(0.6, 1e-3, 0.0)),
    tail=CurveTail(0.7, 1e-5, 0.02, 0.0),
    smallest_measured_fmr=1e-6,
)


def gallery_of(*people: PersonId, version: int = 1, model: EngineModel = FAKE_MODEL) -> Gallery:
    made_at = datetime(2026, 9, 1, tzinfo=UTC)
    return Gallery.build(
        [Template(TemplateId(UUID(int=9)), p, model, made_at, FACES[p]) for p in people],
        version=version,
    )


class Desk:
    """One recogniser, its script and a gallery that a test may change while it runs."""

    def __init__(
        self, script: Sequence[Sequence[ScriptedFace]], policy: RecognitionPolicy | None = None
    ) -> None:
        self.engine = FakeFaceEngine(script)
        self.gallery = gallery_of(ALICE, BOB)
        self.withdraw_at: float | None = None
        self.recogniser = Recogniser(
            self.engine,
            self.engine,
            gallery=lambda: self.gallery,
            calibration=CALIBRATION,
            policy=policy,
        )

    def watch(self, *, fps: float = 10.0, greys: Mapping[int, int] | None = None) -> list[Sighting]:
        source = FakeFrameSource(len(self.engine.script), fps, greys or {})
        sightings: list[Sighting] = []
        for frame in source.frames():
            if self.withdraw_at is not None and frame.position_s >= self.withdraw_at:
                self.gallery = gallery_of(BOB, version=2)
            sightings += self.recogniser.process(frame)
        return sightings + self.recogniser.finish()


def news(sightings: list[Sighting]) -> list[tuple[MatchDecision, PersonId | None]]:
    return [(s.decision, s.person_id) for s in sightings if s.newly_decided]


def views(vector: Embeddings, count: int, box: Box = HERE) -> list[list[ScriptedFace]]:
    """The same face `count` times, each view a little different."""
    return [[ScriptedFace(box, unit_like(vector, 0.9, RNG))] for _ in range(count)]


def test_a_known_face_is_named_once_with_the_moment_it_was_first_seen() -> None:
    sightings = Desk([[], [], *views(FACES[ALICE], 20)]).watch()
    assert news(sightings) == [(MatchDecision.ACCEPTED, ALICE)]
    (named,) = [s for s in sightings if s.newly_decided]
    assert named.first_seen_s == pytest.approx(0.2)
    assert named.position_s == pytest.approx(0.3)
    assert named.similarity is not None
    assert named.similarity >= named.threshold


def test_a_stranger_is_reported_once_when_gone_and_never_named() -> None:
    sightings = Desk([*views(STRANGER, 30), *([[]] * 15)]).watch()
    assert news(sightings) == [(MatchDecision.UNKNOWN, None)]
    assert {s.person_id for s in sightings} == {None}
    (last,) = [s for s in sightings if s.newly_decided]
    assert last.ended
    assert last.position_s == pytest.approx(4.0)


def test_a_source_that_ends_reports_the_faces_still_in_view() -> None:
    sightings = Desk(views(STRANGER, 3)).watch()
    assert news(sightings) == [(MatchDecision.UNKNOWN, None)]


def test_two_people_in_one_frame_are_both_named() -> None:
    script = [
        [*alice, *bob]
        for alice, bob in zip(views(FACES[ALICE], 5), views(FACES[BOB], 5, THERE), strict=True)
    ]
    decided = news(Desk(script).watch())
    assert sorted(person for _, person in decided if person) == [ALICE, BOB]


def test_a_face_that_stays_is_embedded_rarely_once_named() -> None:
    desk = Desk(views(FACES[ALICE], 100))
    desk.watch()
    assert 2 <= desk.engine.embedded <= 14


def test_a_stranger_who_stays_is_embedded_ever_more_rarely() -> None:
    desk = Desk(views(STRANGER, 300))
    desk.watch()
    assert desk.engine.embedded <= 30


def test_a_face_that_nearly_suffices_is_looked_at_longer_than_a_stranger() -> None:
    between = FACES[ALICE] + FACES[BOB]
    between /= np.linalg.norm(between)
    torn, stranger = Desk([[ScriptedFace(HERE, between)]] * 40), Desk(views(STRANGER, 40))
    torn.watch()
    stranger.watch()
    assert torn.engine.embedded > stranger.engine.embedded


def test_without_economy_every_face_of_every_frame_is_embedded() -> None:
    policy = RecognitionPolicy(looks=LookPolicy(economy=False))
    desk = Desk(views(FACES[ALICE], 25), policy)
    assert news(desk.watch()) == [(MatchDecision.ACCEPTED, ALICE)]
    assert desk.engine.embedded == 25
    assert desk.recogniser.faces_embedded == 25


def test_a_crowd_is_embedded_over_several_frames_nobody_left_out() -> None:
    crowd = [ScriptedFace(Box(60 * n, 10, 40, 40), random_unit(RNG)) for n in range(10)]
    policy = RecognitionPolicy(looks=LookPolicy(max_per_frame=4))
    desk = Desk([crowd] * 3, policy)
    sightings = desk.watch()
    assert desk.engine.embedded == 12
    assert all(s.similarity is not None for s in sightings if s.ended)


def test_a_withdrawn_consent_ends_the_name_on_a_running_track_with_the_next_frame() -> None:
    desk = Desk(views(FACES[ALICE], 20))
    desk.withdraw_at = 1.0
    sightings = desk.watch()
    assert news(sightings) == [(MatchDecision.ACCEPTED, ALICE), (MatchDecision.UNKNOWN, None)]
    assert all(s.person_id is None for s in sightings if s.position_s >= 1.0)


def test_another_face_in_the_same_place_is_another_track() -> None:
    """A cut that was missed, or one person stepping in front of another."""
    sightings = Desk([*views(FACES[ALICE], 15), *views(FACES[BOB], 40)]).watch()
    assert news(sightings) == [(MatchDecision.ACCEPTED, ALICE), (MatchDecision.ACCEPTED, BOB)]
    alice, bob = (s for s in sightings if s.newly_decided)
    assert alice.track_id != bob.track_id
    assert bob.first_seen_s >= 1.5


def test_a_scene_cut_starts_everybody_anew() -> None:
    script = [*views(FACES[ALICE], 5), *views(FACES[BOB], 5)]
    greys = dict.fromkeys(range(5, 10), 240)
    alice, bob = (s for s in Desk(script).watch(greys=greys) if s.newly_decided)
    assert (alice.person_id, bob.person_id) == (ALICE, BOB)
    assert bob.first_seen_s == pytest.approx(0.5)


def test_a_named_face_that_comes_back_unrecognisable_loses_its_track() -> None:
    hopeless = replace(views(FACES[ALICE], 1)[0][0], quality=HOPELESS_QUALITY)
    sightings = Desk([*views(FACES[ALICE], 5), *([[]] * 5), [hopeless]]).watch()
    final = sightings[-1]
    assert final.ended
    assert final.person_id is None


def test_a_face_too_poor_to_judge_is_never_embedded_and_says_why() -> None:
    script = [[replace(face, quality=HOPELESS_QUALITY) for face in v] for v in views(STRANGER, 9)]
    desk = Desk(script)
    (final,) = [s for s in desk.watch() if s.newly_decided]
    assert desk.engine.embedded == 0
    assert final.decision is MatchDecision.UNKNOWN
    assert final.similarity is None
    assert final.problems


def test_a_poor_face_is_named_only_after_more_looks_that_agree() -> None:
    script = [
        [replace(face, quality=BLURRED_QUALITY) for face in view]
        for view in views(FACES[ALICE], 20)
    ]
    named = next(s for s in Desk(script).watch() if s.newly_decided)
    assert named.person_id == ALICE
    assert named.position_s == pytest.approx(0.3)


def test_a_face_between_two_people_is_ambiguous() -> None:
    between = FACES[ALICE] + FACES[BOB]
    between /= np.linalg.norm(between)
    sightings = Desk([[ScriptedFace(HERE, between)]] * 20).watch()
    assert news(sightings) == [(MatchDecision.AMBIGUOUS, None)]


def test_nobody_is_named_by_an_empty_gallery() -> None:
    desk = Desk(views(FACES[ALICE], 10))
    desk.gallery = gallery_of()
    assert news(desk.watch()) == [(MatchDecision.UNKNOWN, None)]


def test_a_gallery_of_another_model_is_refused() -> None:
    desk = Desk(views(FACES[ALICE], 2))
    desk.gallery = gallery_of(ALICE, model=replace(FAKE_MODEL, model_hash="1" * 64))
    with pytest.raises(Conflict, match="gallery_model_differs"):
        desk.watch()


def test_the_stranger_is_forgotten_with_the_track() -> None:
    desk = Desk([*views(STRANGER, 5), *([[]] * 15)])
    desk.watch()
    assert "WatchedTrack" not in repr(vars(desk.recogniser))
