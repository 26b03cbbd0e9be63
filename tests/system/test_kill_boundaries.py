"""Daemons that die exactly before or after the fdatasync of a commit, or between two of its writes; the long campaign is
kill_campaign.py --boundaries."""

import pytest
import sigap
from kill_campaign import Boundaries, Campaign


def test_deaths_at_commit_boundaries_lose_nothing(fresh, tmp_path):
    if sigap.is_sanitized():
        pytest.skip("nothing can be loaded before a sanitizer; 2026-11-25")
    boundaries = Boundaries(tmp_path / "slots")
    site = fresh(env=boundaries.env)
    campaign = Campaign(site, kills=10, reports=1200, seed=3, minutes=3, boundaries=boundaries)
    campaign.run()
    assert campaign.judge() == []
    assert sum(boundaries.died.values()) - boundaries.died["from outside"] >= 5, boundaries.died
