"""A page as a reader gets it, through Datasette's own client."""


async def page(datasette, address: str, status: int = 200, *, follow: bool = False) -> str:
    """The text of a page that must answer so; `follow` goes where it leads on to."""
    response = await datasette.client.get(address, follow_redirects=follow)
    assert response.status_code == status, f"{address}: {response.status_code} {response.text[:400]}"
    return response.text
