import socket

import pytest

from facemark.adapters.processes.ports import choose_port
from facemark.domain.errors import Conflict, InvalidInput


def test_a_free_port_is_found_when_none_is_named() -> None:
    assert choose_port("127.0.0.1", 0, setting="--gate-port") > 0


def test_a_taken_port_is_refused_with_the_option_to_change() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Conflict, match=r"port_in_use.*--gate-port"):
            choose_port("127.0.0.1", port, setting="--gate-port")


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(InvalidInput, match="host_unusable"):
        choose_port("192.0.2.1", 0, setting="--gate-port")
