"""How a retriever makes a vector of a text: which hidden state, over which tokens."""

from dataclasses import dataclass
from typing import Literal

from warehouse.errors import UsageError

_SPECIAL = {True: "special", False: "plain"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """How a retriever makes a vector of a text.

    Attributes:
        layer: which hidden state, 0 is the embeddings; None: see ``xtb.model.default_layer``.
        over: mean over the tokens, or the first token.
        special_tokens: whether the mean counts the special tokens, as XTREME's code does.
    """

    layer: int | None = None
    over: Literal["mean", "cls"] = "mean"
    special_tokens: bool = True

    @property
    def code(self) -> str:
        """As it stands in specifications; empty for the default.

        >>> Pooling().code, Pooling(layer=14).code, Pooling(over="cls", special_tokens=False).code
        ('', '14,mean,special', 'default,cls,plain')
        """
        if self == Pooling():
            return ""
        layer = "default" if self.layer is None else str(self.layer)
        return f"{layer},{self.over},{_SPECIAL[self.special_tokens]}"

    def check(self, layers: int) -> None:
        """See that an encoder of so many layers has the one to read.

        Raises:
            UsageError: it has not.
        """
        if self.layer is not None and not 0 <= self.layer <= layers:
            raise UsageError(f"the encoder has no layer {self.layer}: choose 0 (embeddings) to {layers}")

    @classmethod
    def of(cls, code: str) -> "Pooling":
        """The inverse of ``code``.

        Raises:
            UsageError: no code of a pooling.
        """
        if not code:
            return cls()
        layer, over, special = (*code.split(","), "", "")[:3]
        if over not in ("mean", "cls") or special not in _SPECIAL.values():
            raise UsageError(f"'{code}' is no pooling; write it as LAYER,mean|cls,special|plain")
        try:
            number = None if layer == "default" else int(layer)
        except ValueError:
            raise UsageError(f"'{layer}' is no layer; give its number, or 'default'") from None
        return cls(layer=number, over=over, special_tokens=special == "special")  # type: ignore[arg-type]


def pooling_of(layer: int | None, over: str, special_tokens: bool) -> Pooling:
    """A pooling from options of the command line.

    Raises:
        UsageError: ``over`` is neither mean nor cls.
    """
    if over not in ("mean", "cls"):
        raise UsageError(f"there is no pooling '{over}'; choose mean or cls")
    return Pooling(layer=layer, over=over, special_tokens=special_tokens)  # type: ignore[arg-type]
