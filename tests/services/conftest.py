"""The use cases run over the real store, on SQLite and on PostgreSQL."""

import pytest

from facemark.domain.people import Institution
from facemark.services.ports.store import Store
from facemark.services.tenant import Tenant
from facemark.testing.cast import at
from facemark.testing.clock import VirtualClock


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(at(7, 55))


@pytest.fixture
def tenant(store: Store, school: Institution, clock: VirtualClock) -> Tenant:
    return Tenant(store, school.id, clock, actor="test")
