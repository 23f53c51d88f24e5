import pytest

from facemark.adapters.processes.restarts import HEALTHY_AFTER_S, LONGEST_DELAY_S, Backoff


def test_each_quick_failure_doubles_the_wait() -> None:
    backoff, delays = Backoff(), []
    for _ in range(4):
        backoff = backoff.after_exit(lived_s=1.0)
        delays.append(backoff.delay_s)
    assert delays == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize("failures", [8, 50, 100_000])
def test_the_wait_has_an_end(failures: int) -> None:
    assert Backoff(failures).delay_s == LONGEST_DELAY_S


def test_a_child_that_lived_well_starts_again_at_once() -> None:
    assert Backoff(9).after_exit(HEALTHY_AFTER_S).delay_s == 0.5
