"""Asking a local server whether it is ready."""

import http.client
from dataclasses import dataclass

TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`host` is where to connect, never a wildcard address."""

    host: str
    port: int
    path: str

    def answers(self) -> bool:
        """True for 200 within `TIMEOUT_S`."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT_S)
        try:
            connection.request("GET", self.path)
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def reachable_host(bound: str) -> str:
    """The address by which this machine reaches a server bound to `bound`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(bound, bound)  # noqa: S104
