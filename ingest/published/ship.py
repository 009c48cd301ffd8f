"""Everything of others that ships with xtb, ready to be taken in."""

from ingest.published.claims import claims
from ingest.published.rows import published_rows
from ingest.published.tables import digest, table_names
from warehouse.published import Shipped


def shipped() -> Shipped:
    """The published numbers and the claims, and what tells whether a warehouse holds the numbers already."""
    return Shipped(
        frames={**published_rows(), "claim": claims()},
        digests={name: digest(name) for name in table_names()},
    )
