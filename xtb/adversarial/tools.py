"""Models that an attack asks beside the victim: who judges, who proposes words, who translates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.errors import UsageError
from xtb.adversarial.attack import Settings, Value

if TYPE_CHECKING:  # each loads a model, which an order without it should not
    from xtb.adversarial.fixed_mlm import FixedMLM
    from xtb.adversarial.similarity import Similarity
    from xtb.translate.base import Translator

MLM_ATTACK = "mlm_substitute"
"""The attack that asks ``--mlm`` for words."""

TRANSLATED_ATTACK = "bumblebee"
"""The attack that mixes in what ``--translator`` makes of English texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What was given; None for what was not.

    Attributes:
        similarity: a frozen encoder that judges how alike two texts are.
        mlm: a fixed masked language model.
        translator, translator_name: where translations come from, if not from the task, and its identity.
    """

    similarity: "Similarity | None" = None
    mlm: "FixedMLM | None" = None
    translator: "Translator | None" = None
    translator_name: str = ""

    def of(self, attack: str, settings: Settings) -> "Tools":
        """Those that an attack with these settings asks."""
        asks = attack == MLM_ATTACK or "max_perplexity" in settings
        translates = attack == TRANSLATED_ATTACK
        return Tools(
            similarity=self.similarity,
            mlm=self.mlm if asks else None,
            translator=self.translator if translates else None,
            translator_name=self.translator_name if translates else "",
        )

    def named(self) -> dict[str, Value]:
        """What the settings say of them: they decide the texts."""
        found: dict[str, Value] = {}
        if self.similarity is not None:
            found["similarity"] = self.similarity.fingerprint[:12]
        if self.mlm is not None:
            found["mlm"] = self.mlm.fingerprint[:12]
        if self.translator is not None:
            found["translator"] = self.translator_name
        return found


NO_TOOLS = Tools()
"""Nothing was given."""


def open_tools(
    attacks: Sequence[str],
    given: Sequence[str],
    *,
    similarity: str | None,
    mlm: str | None,
    translator: str | None,
    device: str,
) -> Tools:
    """The models of an order.

    Args:
        attacks: names of what will be done.
        given: names of settings that were given.
        similarity, mlm: folder or hub id of an encoder.
        translator: folder of a translation model or of translations.
        device: where they compute.

    Raises:
        UsageError: an attack or a setting needs one that was not given, or nothing asks it.
        BadEncoder: one cannot be loaded.
    """
    if similarity is None and "min_similarity" in given:
        raise UsageError("min_similarity needs an encoder that judges: give --similarity")
    for asking in [MLM_ATTACK] * (MLM_ATTACK in attacks) + ["max_perplexity"] * ("max_perplexity" in given):
        if mlm is None:
            raise UsageError(f"{asking} needs a masked language model: give one with --mlm")
    if translator is not None and TRANSLATED_ATTACK not in attacks:
        raise UsageError(f"--translator is for the attack {TRANSLATED_ATTACK}")
    from xtb.adversarial.fixed_mlm import FixedMLM
    from xtb.adversarial.similarity import Similarity
    from xtb.translate.choose import identity, open_translator

    name = identity(translator) if translator is not None else ""
    return Tools(
        similarity=None if similarity is None else Similarity(similarity, device),
        mlm=None if mlm is None else FixedMLM(mlm, device),
        translator=None if translator is None else open_translator(translator, name, device),
        translator_name=name,
    )
