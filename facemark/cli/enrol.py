"""`facemark enrol`: a person's face, from photos."""

from pathlib import Path

import click

from facemark.bootstrap import build_vision
from facemark.cli.context import echo_json, open_tenant
from facemark.cli.files import read_file
from facemark.services.enrolment import EnrolmentReport, EnrolmentTools, Photo, enrol_person


@click.command()
@click.argument("external_id")
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def enrol(external_id: str, photos: tuple[Path, ...], *, as_json: bool) -> None:
    """Enrol the person EXTERNAL_ID from one or more PHOTOS, each showing that one face.

    The photos are not kept. All of them are used, or, if one is refused, none.
    """
    read = [Photo(path.name, read_file(path)) for path in photos]
    with open_tenant() as (app, tenant):
        vision = build_vision(app.settings)
        tools = EnrolmentTools(
            vision.engine,
            vision.meter,
            vision.decoder,
            vision.calibration,
            app.settings.target_fpir,
        )
        report = enrol_person(tenant, external_id, read, tools)
    if vision.warning:
        click.echo(vision.warning, err=True)
    if as_json:
        echo_json(_as_dict(report))
        return
    click.echo(f"{external_id}: {report.added} photo(s) enrolled.")
    for look in report.lookalikes:
        click.echo(
            f"  {look.photo} resembles {look.external_id}"
            f" ({look.similarity:.2f}, threshold {look.threshold:.2f}): is it the right photo?"
        )


def _as_dict(report: EnrolmentReport) -> dict[str, object]:
    return {
        "external_id": report.person.external_id,
        "added": report.added,
        "lookalikes": [
            {
                "photo": look.photo,
                "external_id": look.external_id,
                "similarity": look.similarity,
                "threshold": look.threshold,
            }
            for look in report.lookalikes
        ],
    }
