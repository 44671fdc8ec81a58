"""JSON addresses of the public directory of sites; nobody needs to sign in."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint, Response
from pydantic import Field

from skillhub.districts import directory, queries
from skillhub.districts.queries import SiteView
from skillhub.web import api

bp = Blueprint("sites_api", __name__, url_prefix="/api/v1")

Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class DistrictQuery(api.Shape):
    """Whose sites."""

    district: Code | None = None


class SitesQuery(api.Shape):
    """Whose sites, and after which cursor."""

    district: Code | None = None
    after: Annotated[str, Field(max_length=200)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 100


class SiteShape(api.Shape):
    """A market, centre, station or stall; `position` is ``lon,lat`` in WGS 84."""

    code: str
    district: str
    name: str
    kind: str
    address: str
    phone: str | None
    position: str | None


@bp.get("/sites")
@api.operation("List sites", scope=None, query=SitesQuery, answer=api.Listing[SiteShape], public=True)
def listed() -> api.Listing[SiteShape]:
    """List the markets, centres and stations, all or those of one district."""
    asked = api.query(SitesQuery)
    return api.listed(queries.site_page(asked.district, after=asked.after, limit=asked.limit), _shape)


@bp.get("/sites.csv")
@api.operation(
    "Sites as a table",
    scope=None,
    query=DistrictQuery,
    answer=None,
    public=True,
    media_type=directory.MEDIA_TYPE,
)
def table() -> Response:
    """Return the same as CSV, with a byte order mark."""
    asked = api.query(DistrictQuery)
    return Response(
        directory.table(queries.sites(asked.district), queries.districts()),
        content_type=f"{directory.MEDIA_TYPE}; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="sites.csv"'},
    )


def _shape(site: SiteView) -> SiteShape:
    return SiteShape(
        code=site.code,
        district=site.district,
        name=site.name,
        kind=site.kind,
        address=site.address,
        phone=site.phone,
        position=None if site.lon is None or site.lat is None else f"{site.lon:.6f},{site.lat:.6f}",
    )
