"""Everything of others that ships with xtb, ready to be taken in."""

from ingest.published.rows import published_rows
from ingest.published.tables import digest, table_names
from warehouse.published import Shipped
from warehouse.rows import CLAIM


def shipped() -> Shipped:
    """The published numbers, and what tells whether a warehouse holds them already."""
    return Shipped(
        frames={**published_rows(), "claim": CLAIM.empty()},
        digests={name: digest(name) for name in table_names()},
    )
