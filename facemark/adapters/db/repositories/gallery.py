"""The counter by which galleries in memory notice that they are out of date."""

from sqlalchemy import select, update

from facemark.adapters.db.models import GalleryVersionRow
from facemark.adapters.db.scopes import TenantSession


def bump_gallery_version(session: TenantSession) -> None:
    session.execute(
        update(GalleryVersionRow)
        .values(version=GalleryVersionRow.version + 1)
        .execution_options(synchronize_session=False)
    )


def read_gallery_version(session: TenantSession) -> int:
    return session.execute(select(GalleryVersionRow.version)).scalar_one()
