"""A CSV file comes in whole, or not at all, and coming in twice changes nothing."""

import pytest

from facemark.domain.errors import InvalidInput
from facemark.domain.roster import parse_roster
from facemark.services.roster import ImportReport, import_roster
from facemark.services.tenant import Tenant
from facemark.testing.cast import MONDAY

GOOD = b"""external_id,name,group,guardian_name,guardian_phone
a1,Ada Ash,6C,Gina Ash,+44 1632 960001
a2,Ben Ash,6C,Gina Ash,+44 1632 960001
a3,Cem Oak,,,
"""


def test_people_groups_and_guardians_arrive_together(tenant: Tenant) -> None:
    report = import_roster(tenant, parse_roster(GOOD))
    assert report == ImportReport(added=3, known=0, guardians=1)
    with tenant.read() as uow:
        groups = {g.name: g.id for g in uow.people.list_groups()}
        members = uow.people.list_memberships([groups["6C"], groups["Everyone"]], MONDAY)
        ada, ben = (uow.people.get_person(who) for who in ("a1", "a2"))
        told = uow.people.list_guardians([ada.id, ben.id])
    assert len(members) == 3
    assert told[ada.id] == told[ben.id]
    assert told[ada.id][0].phone == "+441632960001"


def test_importing_the_file_again_adds_nothing(tenant: Tenant) -> None:
    import_roster(tenant, parse_roster(GOOD))
    assert import_roster(tenant, parse_roster(GOOD)) == ImportReport(0, known=3, guardians=1)
    with tenant.read() as uow:
        ada = uow.people.get_person("a1")
        assert len(uow.people.list_guardians([ada.id])[ada.id]) == 1


def test_one_bad_line_keeps_the_whole_file_out(tenant: Tenant) -> None:
    roster = parse_roster(GOOD + b"a4,,6C,,not a phone\n")
    assert {problem.line for problem in roster.problems} == {5}
    with pytest.raises(InvalidInput, match="roster_has_problems"):
        import_roster(tenant, roster)
    with tenant.read() as uow:
        assert uow.people.find_people(["a1", "a2", "a3"]) == {}
