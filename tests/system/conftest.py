"""Fixtures of the system tests. `site` is shared by tests that leave it as they found it; `fresh` makes sites of one's own."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import sigap  # noqa: E402


@pytest.fixture(scope="session")
def site():
    one = sigap.Site()
    try:
        one.start()
        yield one
        one.stop()
    finally:
        one.stop(judge=False)
        one.clean()


@pytest.fixture
def fresh(request):
    """fresh(**options) starts another site. All of them are ended and judged after the test, when it has passed so far."""
    made = []

    def make(start=True, **options):
        one = sigap.Site(**options)
        made.append(one)
        return one.start() if start else one

    try:
        yield make
        for one in made:
            if one.up:
                one.stop()
    finally:
        for one in made:
            one.stop(judge=False)
            one.clean()
