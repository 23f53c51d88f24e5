"""TCP ports of this machine."""

import errno
import socket
import sys

from facemark.domain.errors import Conflict, InvalidInput


def choose_port(host: str, port: int, *, setting: str) -> int:
    """`port` if it can be bound now, or any free one for 0.

    Raises Conflict `port_in_use`, InvalidInput `host_unusable`; `setting` is the option to change.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            _take_only_free_ports(probe)
            probe.bind(address)
            return int(probe.getsockname()[1])
    except OSError as error:
        raise _explain(error, host, port=port, setting=setting) from error


def _take_only_free_ports(probe: socket.socket) -> None:
    if sys.platform == "win32":
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def _explain(error: OSError, host: str, *, port: int, setting: str) -> Conflict | InvalidInput:
    if error.errno == errno.EADDRINUSE:
        return Conflict(
            "port_in_use",
            f"port {port} on {host} is taken by another program",
            f"end that program or choose another port with {setting}",
        )
    return InvalidInput(
        "host_unusable",
        f"{host} port {port} cannot be listened on: {error.strerror}",
        "use 127.0.0.1 for this machine only, or an address this machine has; ports below 1024"
        " may need more rights",
    )
