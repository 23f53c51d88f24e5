import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemark.domain.faces import Box
from facemark.domain.tracking import (
    Attention,
    LookPolicy,
    Tracker,
    TrackingPolicy,
    TrackStep,
    iou,
    is_cut,
    look_interval_s,
    needs_embedding,
    thumbnail,
)


def box(x: float, y: float = 100.0, size: float = 40.0) -> Box:
    return Box(x, y, size, size)


def ids(step: TrackStep) -> list[int]:
    return [track.id for track, _ in step.seen]


def test_a_face_that_moves_a_little_keeps_its_track_and_its_first_moment() -> None:
    tracker = Tracker()
    for frame in range(20):
        step = tracker.advance([box(10 + 5 * frame)], frame / 30)
    ((track, _),) = step.seen
    assert track.id == 1
    assert track.first_seen_s == 0.0
    assert track.last_seen_s == 19 / 30
    assert not step.loose


def test_two_faces_keep_their_own_tracks_whatever_order_they_are_found_in() -> None:
    tracker = Tracker()
    tracker.advance([box(0), box(200)], 0.0)
    step = tracker.advance([box(203), box(4)], 0.1)
    assert ids(step) == [2, 1]


def test_the_best_overlap_wins_when_faces_are_close() -> None:
    tracker = Tracker()
    tracker.advance([box(0), box(30)], 0.0)
    step = tracker.advance([box(31), box(1)], 0.1)
    assert ids(step) == [2, 1]


def test_a_face_elsewhere_is_somebody_new() -> None:
    tracker = Tracker()
    tracker.advance([box(0)], 0.0)
    assert ids(tracker.advance([box(300)], 0.033)) == [2]


def test_a_much_larger_face_in_the_same_place_is_somebody_new() -> None:
    tracker = Tracker()
    tracker.advance([box(100, size=40)], 0.0)
    assert ids(tracker.advance([box(80, y=80, size=80)], 0.033)) == [2]


def test_a_face_that_was_hidden_briefly_is_continued_but_must_be_verified() -> None:
    tracker = Tracker()
    tracker.advance([box(0)], 0.0)
    tracker.advance([], 0.2)
    step = tracker.advance([box(3)], 0.8)
    assert ids(step) == [1]
    assert step.loose == {1}


def test_a_jump_without_overlap_is_continued_only_on_probation() -> None:
    tracker = Tracker()
    tracker.advance([box(0)], 0.0)
    step = tracker.advance([box(35)], 0.2)
    assert ids(step) == [1]
    assert step.loose == {1}


def test_a_track_ends_after_a_gap_in_seconds_whatever_the_frame_rate() -> None:
    tracker = Tracker(TrackingPolicy(max_gap_s=1.0))
    tracker.advance([box(0)], 0.0)
    for frame in range(1, 31):
        assert tracker.advance([], frame / 30).ended == ()
    (ended,) = tracker.advance([], 1.1).ended
    assert ended.id == 1
    assert ended.last_seen_s == 0.0


def test_at_one_frame_per_second_a_still_face_is_one_track() -> None:
    tracker = Tracker()
    for second in range(5):
        step = tracker.advance([box(0)], float(second))
    assert ids(step) == [1]


def test_after_a_cut_the_same_place_is_somebody_new() -> None:
    tracker = Tracker()
    tracker.advance([box(0), box(200)], 0.0)
    assert [track.id for track in tracker.end_all()] == [1, 2]
    assert ids(tracker.advance([box(0)], 0.033)) == [3]


def test_a_split_track_starts_anew_where_it_is() -> None:
    tracker = Tracker()
    ((track, _),) = tracker.advance([box(0)], 4.0).seen
    fresh = tracker.split(track)
    assert fresh.id != track.id
    assert fresh.first_seen_s == 4.0
    assert ids(tracker.advance([box(2)], 4.1)) == [fresh.id]


BOXES = st.builds(
    box, st.floats(-50, 640), st.floats(-50, 360), st.sampled_from([0.0, 10.0, 40.0, 90.0])
)


@given(st.lists(st.lists(BOXES, max_size=6), max_size=8))
def test_every_box_belongs_to_exactly_one_track_and_no_track_to_two(
    frames: list[list[Box]],
) -> None:
    tracker = Tracker()
    ended: list[int] = []
    for number, boxes in enumerate(frames):
        step = tracker.advance(boxes, number / 10)
        assert [index for _, index in step.seen] == list(range(len(boxes)))
        assert len(set(ids(step))) == len(boxes)
        ended += [track.id for track in step.ended]
        assert not set(ended) & set(ids(step))


def test_overlap_is_shared_area_over_joint_area() -> None:
    assert iou(box(0), box(0)) == pytest.approx(1.0)
    assert iou(box(0), box(20)) == pytest.approx(1 / 3)
    assert iou(box(0), box(40)) == 0.0
    assert iou(Box(0, 0, 0, 0), box(0)) == 0.0


class TestASceneCut:
    rng = np.random.default_rng(3)
    stage = rng.integers(0, 90, (360, 640, 3), dtype=np.uint8)

    def test_is_a_change_of_the_whole_picture(self) -> None:
        hall = np.flip(self.stage, axis=1)[:, :, ::-1].copy()
        hall[:200] = 250
        assert is_cut(thumbnail(self.stage), thumbnail(hall), TrackingPolicy())

    def test_is_not_a_person_who_walks_through_it(self) -> None:
        with_person = self.stage.copy()
        with_person[60:360, 200:340] = 180
        assert not is_cut(thumbnail(self.stage), thumbnail(with_person), TrackingPolicy())

    def test_is_not_noise_in_the_dark(self) -> None:
        dark = self.rng.integers(0, 3, (360, 640, 3), dtype=np.uint8)
        darker = self.rng.integers(0, 3, (360, 640, 3), dtype=np.uint8)
        assert not is_cut(thumbnail(dark), thumbnail(darker), TrackingPolicy())

    def test_is_a_change_of_size(self) -> None:
        assert is_cut(thumbnail(self.stage), thumbnail(self.stage[:100]), TrackingPolicy())


class TestALook:
    policy = LookPolicy(
        first_interval_s=0.1, eager_looks=4, longest_interval_s=2.0, verify_interval_s=1.0
    )

    def due(self, attention: Attention, now_s: float) -> bool:
        return needs_embedding(attention, now_s, self.policy)

    def test_is_taken_at_once_of_a_new_face(self) -> None:
        assert self.due(Attention(), 0.0)

    def test_is_repeated_soon_while_undecided(self) -> None:
        assert not self.due(Attention(looks=1, last_look_s=0.0), 0.09)
        assert self.due(Attention(looks=1, last_look_s=0.0), 0.11)

    def test_becomes_rarer_at_a_face_that_stays_unknown(self) -> None:
        intervals = [
            look_interval_s(Attention(looks=n, last_look_s=0.0), self.policy) for n in range(1, 12)
        ]
        assert intervals[:4] == pytest.approx([0.1, 0.1, 0.1, 0.2])
        assert intervals == sorted(intervals)
        assert intervals[-1] == 2.0

    def test_verifies_a_named_face_now_and_then(self) -> None:
        named = Attention(looks=2, last_look_s=0.0, named=True)
        assert not self.due(named, 0.9)
        assert self.due(named, 1.0)

    def test_is_taken_at_once_of_a_track_that_may_have_changed_hands(self) -> None:
        assert self.due(Attention(looks=50, last_look_s=0.0, named=True, suspect=True), 0.03)

    def test_is_always_taken_without_economy(self) -> None:
        everything = LookPolicy(economy=False)
        assert needs_embedding(Attention(looks=9, last_look_s=1.0, named=True), 1.0, everything)
