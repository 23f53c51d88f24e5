"""Sessions: what is to be attended."""

from collections.abc import Sequence
from dataclasses import replace

from facemark.domain.errors import InvalidInput, NotFound
from facemark.domain.ids import GroupId, SessionId
from facemark.domain.people import Site
from facemark.domain.sessions import Session, SessionTimes, build_session
from facemark.services.ids import new_id
from facemark.services.ports.store import UnitOfWork
from facemark.services.setup import find_group_ids
from facemark.services.tenant import Tenant


def add_session(
    tenant: Tenant,
    times: SessionTimes,
    *,
    name: str,
    group_names: tuple[str, ...] = (),
    site_name: str | None = None,
) -> Session:
    """`times.zone` is replaced by the site's. Without groups, everybody in a group is expected.

    Raises NotFound `site_unknown`, `group_unknown`; InvalidInput `session_times_invalid`,
    `session_without_groups`; Conflict `session_exists`.
    """
    with tenant.write() as uow:
        site = choose_site(uow.sites.list_sites(), site_name)
        session = build_session(
            SessionId(new_id()),
            site.id,
            name=name,
            times=replace(times, zone=site.zone),
            group_ids=_groups(uow, group_names),
        )
        uow.sessions.add_session(session)
        tenant.audit(uow, "session.added", session.id)
        uow.commit()
    return session


def _groups(uow: UnitOfWork, names: tuple[str, ...]) -> tuple[GroupId, ...]:
    ids = find_group_ids(uow, names) or tuple(g.id for g in uow.people.list_groups())
    if not ids:
        raise InvalidInput(
            "session_without_groups",
            "nobody would be expected: there is no group yet",
            "put people into a group first, for example with `person add … --group 4B`",
        )
    return ids


def choose_site(sites: Sequence[Site], name: str | None) -> Site:
    """The named site, or the only one; raises NotFound `site_unknown`."""
    if name is None and len(sites) == 1:
        return sites[0]
    for site in sites:
        if site.name == name:
            return site
    raise NotFound(
        "site_unknown",
        f"there is no site called {name!r}" if name else "there are several sites",
        "name one of: " + ", ".join(s.name for s in sites),
    )
