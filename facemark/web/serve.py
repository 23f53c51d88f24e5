"""One uvicorn server in this process, ending with the supervisor."""

from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from facemark.adapters.processes.lifeline import watch_lifeline


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int


def serve(app: ASGIApp, address: Address) -> None:
    """Until the lifeline closes or a signal asks; open connections get one second to finish.

    Requests are not logged: their addresses can hold an access token.
    """
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=address.host,
            port=address.port,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )

    def end() -> None:
        server.should_exit = True

    watch_lifeline(end)
    server.run()
