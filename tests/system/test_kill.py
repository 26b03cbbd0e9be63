"""A short kill campaign; the long one is kill_campaign.py."""

import pytest
from kill_campaign import Campaign


@pytest.mark.parametrize("seed", [1])
def test_fifteen_kills_lose_nothing(fresh, seed):
    site = fresh()
    campaign = Campaign(site, kills=15, reports=600, seed=seed, minutes=3)
    campaign.run()
    assert campaign.judge() == []
    assert campaign.places["case"] >= 300, campaign.places
