"""`facemark consent`: a yes or a no, kept for ever, effective at once."""

import click

from facemark.cli.context import open_tenant, parse_instant
from facemark.domain.consents import ConsentAnswer, ConsentParty, ConsentPurpose
from facemark.services.consent import ConsentDraft, record_consent


@click.group()
def consent() -> None:
    """Record a yes or a no to face recognition."""


@consent.command()
@click.argument("external_id")
@click.option(
    "--purpose",
    type=click.Choice([p.value for p in ConsentPurpose]),
    default=ConsentPurpose.FACE.value,
    show_default=True,
)
@click.option(
    "--answer",
    type=click.Choice([a.value for a in ConsentAnswer]),
    default=ConsentAnswer.GRANTED.value,
    show_default=True,
)
@click.option(
    "--by",
    "party",
    type=click.Choice([p.value for p in ConsentParty]),
    default=ConsentParty.GUARDIAN.value,
    show_default=True,
    help="Who signed; for minors the guardian.",
)
@click.option("--text-version", default="paper-1", show_default=True, help="Text agreed to.")
@click.option("--expires", help="Instant after which the yes no longer counts.")
def record(
    external_id: str,
    *,
    purpose: str,
    answer: str,
    party: str,
    text_version: str,
    expires: str | None,
) -> None:
    """Record the answer given for the person EXTERNAL_ID.

    Any answer but granted to the purpose face destroys the person's face templates at once.
    """
    draft = ConsentDraft(
        ConsentPurpose(purpose),
        ConsentAnswer(answer),
        ConsentParty(party),
        text_version,
        parse_instant(expires, "--expires") if expires else None,
    )
    with open_tenant() as (_, tenant):
        receipt = record_consent(tenant, external_id, draft)
    click.echo(f"{external_id}: {purpose} {answer} by {party} is recorded.")
    if receipt.destroyed_templates:
        click.echo(f"{receipt.destroyed_templates} face template(s) were destroyed.")
