"""Samples of examples: stable, nested, independent of order and language."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.example import Candidate
from ingest.task import take


def items(ids: list[str]) -> list[Candidate]:
    return [Candidate(id=identity, text="x") for identity in ids]


identities = st.lists(st.text(max_size=6), unique=True, max_size=40)


@given(identities, st.integers(0, 50), st.integers(0, 50))
def test_a_smaller_sample_lies_in_a_larger_one(ids: list[str], one: int, two: int) -> None:
    small, large = sorted((one, two))
    assert set(take(items(ids), small)) <= set(take(items(ids), large))


@given(identities, st.integers(0, 50))
def test_the_sample_keeps_the_order_and_has_the_size(ids: list[str], limit: int) -> None:
    sample = [item.id for item in take(items(ids), limit)]
    assert len(sample) == min(limit, len(ids))
    assert sample == [identity for identity in ids if identity in set(sample)]


@given(identities, st.integers(0, 50), st.randoms(use_true_random=False))
def test_the_sample_depends_on_the_ids_alone(ids: list[str], limit: int, random: object) -> None:
    shuffled = list(ids)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert set(take(items(shuffled), limit)) == set(take(items(ids), limit))


def test_no_limit_takes_all() -> None:
    assert take(items(["b", "a"]), None) == items(["b", "a"])


def test_the_sample_is_the_same_on_every_machine() -> None:
    """SHA-free pin: the hash is blake2b with 8 bytes and the person ``xtb-take``, computed by hand."""
    from hashlib import blake2b

    ids = [str(number) for number in range(100)]
    order = sorted(
        ids, key=lambda identity: blake2b(identity.encode(), digest_size=8, person=b"xtb-take").digest()
    )
    assert {item.id for item in take(items(ids), 10)} == set(order[:10])
