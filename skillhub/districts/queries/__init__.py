"""What is known of districts, their sites and their plugins, as frozen views."""

from __future__ import annotations

from skillhub.districts.queries.districts import DistrictView, district, districts, zone
from skillhub.districts.queries.plugins import FailureView, SwitchView, failures, switch, switches_of
from skillhub.districts.queries.sites import SiteView, site, site_by_id, site_page, sites, tree

__all__ = [
    "DistrictView",
    "FailureView",
    "SiteView",
    "SwitchView",
    "district",
    "districts",
    "failures",
    "site",
    "site_by_id",
    "site_page",
    "sites",
    "switch",
    "switches_of",
    "tree",
    "zone",
]
