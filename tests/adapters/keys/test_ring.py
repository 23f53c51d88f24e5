from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemark.adapters.keys.master import MasterKey
from facemark.adapters.keys.ring import AesSealer, MasterKeyRing
from facemark.domain.errors import Unavailable
from facemark.domain.ids import InstitutionId

OURS, THEIRS = InstitutionId(1), InstitutionId(2)
MASTER = MasterKey(bytes(range(32)))


def build_sealer(institution: InstitutionId = OURS) -> AesSealer:
    ring = MasterKeyRing(MASTER)
    return ring.build_sealer(institution, [ring.create_key(institution, key_id=1)])


@given(plaintext=st.binary(max_size=600), context=st.binary(max_size=60))
def test_what_is_sealed_opens_again_and_is_not_readable(plaintext: bytes, context: bytes) -> None:
    sealer = build_sealer()
    blob = sealer.seal(plaintext, context=context)
    assert sealer.open(blob, context=context) == plaintext
    assert len(blob) == 1 + 4 + 12 + len(plaintext) + 16
    if len(plaintext) > 8:
        assert plaintext not in blob


def test_any_flipped_bit_of_a_blob_is_noticed() -> None:
    sealer = build_sealer()
    blob = sealer.seal(b"a face vector", context=b"anna")
    for place in range(len(blob)):
        for bit in range(8):
            altered = bytearray(blob)
            altered[place] ^= 1 << bit
            with pytest.raises(Unavailable, match="sealed_data_unreadable"):
                sealer.open(bytes(altered), context=b"anna")


@given(st.binary(max_size=120))
def test_bytes_that_were_never_sealed_do_not_open(noise: bytes) -> None:
    with pytest.raises(Unavailable, match="sealed_data_unreadable"):
        build_sealer().open(noise, context=b"anna")


def test_a_blob_moved_to_another_person_does_not_open() -> None:
    sealer = build_sealer()
    blob = sealer.seal(b"a face vector", context=b"anna")
    with pytest.raises(Unavailable, match="sealed_data_unreadable"):
        sealer.open(blob, context=b"bela")


def test_a_blob_moved_to_another_institution_does_not_open_even_under_the_same_key() -> None:
    key = b"k" * 32
    blob = AesSealer(OURS, {1: key}).seal(b"a face vector", context=b"anna")
    with pytest.raises(Unavailable, match="sealed_data_unreadable"):
        AesSealer(THEIRS, {1: key}).open(blob, context=b"anna")


def test_sealing_the_same_value_twice_does_not_show_that_it_is_the_same() -> None:
    sealer = build_sealer()
    assert sealer.seal(b"555-0100", context=b"x") != sealer.seal(b"555-0100", context=b"x")


def test_after_a_rotation_old_values_open_new_ones_use_the_new_key_and_lookups_still_hit() -> None:
    ring = MasterKeyRing(MASTER)
    first, second = ring.create_key(OURS, key_id=1), ring.create_key(OURS, key_id=2)
    before = ring.build_sealer(OURS, [first])
    old = before.seal(b"old", context=b"x")
    after = ring.build_sealer(OURS, [second, first])
    new = after.seal(b"new", context=b"x")
    assert after.open(old, context=b"x") == b"old"
    assert new[1:5] == (2).to_bytes(4, "big")
    assert after.lookup_hash("+4915112345678") == before.lookup_hash("+4915112345678")
    with pytest.raises(Unavailable, match="sealed_data_unreadable"):
        before.open(new, context=b"x")


def test_lookups_tell_nothing_across_institutions() -> None:
    key = b"k" * 32
    ours, theirs = AesSealer(OURS, {1: key}), AesSealer(THEIRS, {1: key})
    assert ours.lookup_hash("+4915112345678") != theirs.lookup_hash("+4915112345678")
    assert len(ours.lookup_hash("")) == 32


def test_another_master_key_is_named_as_the_problem() -> None:
    other = MasterKeyRing(MasterKey.generate())
    with pytest.raises(Unavailable, match=f"master_key_mismatch.*{MASTER.key_id}"):
        other.build_sealer(OURS, [MasterKeyRing(MASTER).create_key(OURS, key_id=1)])


def test_a_data_key_of_another_institution_or_number_does_not_unwrap() -> None:
    ring = MasterKeyRing(MASTER)
    key = ring.create_key(OURS, key_id=1)
    with pytest.raises(Unavailable, match="sealed_data_unreadable"):
        ring.build_sealer(THEIRS, [key])
    with pytest.raises(Unavailable, match="sealed_data_unreadable"):
        ring.build_sealer(OURS, [replace(key, key_id=2)])


def test_any_flipped_byte_of_a_wrapped_key_is_noticed() -> None:
    ring = MasterKeyRing(MASTER)
    key = ring.create_key(OURS, key_id=1)
    for place in range(len(key.wrapped)):
        altered = bytearray(key.wrapped)
        altered[place] ^= 0xFF
        with pytest.raises(Unavailable, match="sealed_data_unreadable"):
            ring.build_sealer(OURS, [replace(key, wrapped=bytes(altered))])
    with pytest.raises(Unavailable, match="sealed_data_unreadable"):
        ring.build_sealer(OURS, [replace(key, wrapped=b"")])


def test_an_institution_without_a_key_says_so() -> None:
    with pytest.raises(Unavailable, match="data_key_missing"):
        MasterKeyRing(MASTER).build_sealer(OURS, [])
