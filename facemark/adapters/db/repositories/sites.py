"""Sites."""

from sqlalchemy import select

from facemark.adapters.db.bulk import insert_new
from facemark.adapters.db.models import SiteRow
from facemark.adapters.db.scopes import TenantSession
from facemark.domain.errors import Conflict
from facemark.domain.ids import SiteId
from facemark.domain.people import Site


class SqlSites:
    def __init__(self, session: TenantSession) -> None:
        self._session = session

    def add_site(self, site: Site) -> None:
        row = {"id": site.id, "name": site.name, "zone": site.zone}
        if not insert_new(self._session, SiteRow, [row], unique=["name"], returning=SiteRow.id):
            raise Conflict(
                "site_exists",
                f"there is a site called {site.name!r} already",
                "choose another name",
            )

    def list_sites(self) -> list[Site]:
        rows = self._session.execute(select(SiteRow.id, SiteRow.name, SiteRow.zone))
        return sorted((Site(SiteId(i), name, zone) for i, name, zone in rows), key=lambda s: s.name)
