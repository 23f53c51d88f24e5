import base64
import json
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from facemark.adapters.keys.master import MasterKey, find_master_key, load_or_create
from facemark.domain.errors import Unavailable


def test_a_first_start_makes_a_key_and_the_next_start_finds_the_same(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    made = load_or_create(path, may_create=True)
    assert load_or_create(path, may_create=False) == made
    assert sorted(p.name for p in path.parent.iterdir()) == ["master.key"]


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX notion")
def test_only_the_owner_may_read_the_key_file(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    load_or_create(path, may_create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: load_or_create(path, may_create=True), range(32)))
    assert len({key.key_id for key in keys}) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["master.key"]


def test_a_missing_key_is_not_replaced_once_there_is_data(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    with pytest.raises(Unavailable, match=r"master_key_missing.*backup"):
        load_or_create(path, may_create=False)
    assert not path.exists()


DAMAGES: dict[str, Callable[[str], str]] = {
    "emptied": lambda text: "",
    "cut short": lambda text: text[:40],
    "from another version": lambda text: text.replace('"version": 1', '"version": 2'),
    "another key under this name": lambda text: json.dumps(
        {**json.loads(text), "key": base64.b64encode(b"x" * 32).decode()}
    ),
    "too short a key": lambda text: json.dumps({**json.loads(text), "key": "short"}),
    "nested without end": lambda text: '{"a":' * 700,
    "prose": lambda text: "not base64 at all, sorry",
    "overlong": lambda text: " " * 5000 + text,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_key_file_is_refused_and_left_alone(
    tmp_path: Path, damage: Callable[[str], str]
) -> None:
    path = tmp_path / "master.key"
    load_or_create(path, may_create=True)
    broken = damage(path.read_text())
    path.write_text(broken)
    with pytest.raises(Unavailable, match="master_key_corrupt"):
        load_or_create(path, may_create=True)
    assert path.read_text() == broken


def test_a_key_path_that_is_a_folder_is_reported_as_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="master_key_unreadable"):
        load_or_create(tmp_path, may_create=True)


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match=r"master_key_un(readable|writable)"):
        load_or_create(tmp_path / "keys" / "master.key", may_create=True)


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    given, filed = MasterKey.generate(), tmp_path / "other.key"
    elsewhere = load_or_create(filed, may_create=True)
    bare = base64.b64encode(given.secret).decode()
    default = tmp_path / "master.key"
    environment = {"FACEMARK_MASTER_KEY_FILE": str(filed)}
    assert find_master_key(environment, default, may_create=True) == elsewhere
    environment["FACEMARK_MASTER_KEY"] = bare
    assert find_master_key(environment, default, may_create=True) == given
    environment["FACEMARK_MASTER_KEY"] = given.render()
    assert find_master_key(environment, default, may_create=True) == given
    assert not default.exists()


def test_a_key_file_named_by_the_environment_is_never_created(tmp_path: Path) -> None:
    named = tmp_path / "mounted.key"
    with pytest.raises(Unavailable, match="master_key_missing"):
        find_master_key(
            {"FACEMARK_MASTER_KEY_FILE": str(named)}, tmp_path / "master.key", may_create=True
        )


def test_a_key_shows_its_name_but_never_itself() -> None:
    key = MasterKey.generate()
    assert repr(key) == f"MasterKey({key.key_id})"
    assert base64.b64encode(key.secret).decode() not in repr(key)
