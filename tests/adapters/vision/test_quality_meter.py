import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from facemark.adapters.vision.geometry import landmark_points
from facemark.adapters.vision.quality_meter import AlignedCropMeter
from facemark.domain.faces import Box, Face, Frame, Landmarks, Point
from facemark.domain.quality import FaceQuality
from facemark.services.ports.vision import FaceEngine


@pytest.fixture(scope="module")
def face(opencv_engine: FaceEngine, portrait: Frame) -> Face:
    (face,) = opencv_engine.detect(portrait)
    return face


def measure(frame: Frame, face: Face) -> FaceQuality:
    return AlignedCropMeter().measure(frame, face)


def test_a_studio_portrait_measures_well(portrait: Frame, face: Face) -> None:
    quality = measure(portrait, face)

    assert 30 < quality.eye_distance_px < 70
    assert quality.sharpness > 200
    assert 60 < quality.brightness < 200
    assert quality.contrast > 20
    assert abs(quality.yaw) < 0.3
    assert quality.inside == pytest.approx(1.0)


def test_blur_darkness_and_flatness_show(portrait: Frame, face: Face) -> None:
    good = measure(portrait, face)
    blurred = np.asarray(cv2.GaussianBlur(portrait, (0, 0), 4), np.uint8)
    dark = np.asarray(portrait * 0.2, np.uint8)

    assert measure(blurred, face).sharpness < good.sharpness / 10
    assert measure(dark, face).brightness == pytest.approx(good.brightness * 0.2, abs=2)
    assert measure(dark, face).contrast < good.contrast / 3


def test_a_tilted_head_is_tilted_but_not_turned(portrait: Frame, face: Face) -> None:
    good = measure(portrait, face)

    tilted = measure(portrait, turned_about_the_nose(face, degrees=25))

    assert tilted.roll_deg == pytest.approx(good.roll_deg + 25, abs=0.01)
    assert tilted.yaw == pytest.approx(good.yaw, abs=1e-6)
    assert tilted.eye_distance_px == pytest.approx(good.eye_distance_px)


def test_a_turned_head_has_its_nose_off_the_middle(portrait: Frame, face: Face) -> None:
    marks = face.landmarks
    to_the_eye = replace(face, landmarks=replace(marks, nose_tip=marks.left_eye))

    assert measure(portrait, to_the_eye).yaw == pytest.approx(0.5)


def test_a_face_at_the_border_is_partly_outside(portrait: Frame, face: Face) -> None:
    outside = replace(face, box=Box(-50, 10, 100, 100))
    beyond = replace(face, box=Box(-300, 10, 100, 100))

    assert measure(portrait, outside).inside == pytest.approx(0.5)
    assert measure(portrait, beyond).inside == 0.0


def test_points_that_fall_together_are_measured_without_a_crash(portrait: Frame) -> None:
    spot = Point(10.0, 10.0)
    collapsed = Face(Box(0, 0, 0, 0), Landmarks(spot, spot, spot, spot, spot), 0.5)

    quality = measure(portrait, collapsed)

    assert quality.eye_distance_px == 0.0
    assert quality.yaw == 0.0
    assert quality.inside == 0.0


def turned_about_the_nose(face: Face, *, degrees: float) -> Face:
    nose = face.landmarks.nose_tip
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def turned(point: Point) -> Point:
        x, y = point.x - nose.x, point.y - nose.y
        return Point(nose.x + cosine * x - sine * y, nose.y + sine * x + cosine * y)

    return replace(face, landmarks=Landmarks(*map(turned, landmark_points(face.landmarks))))
