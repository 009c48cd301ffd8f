"""The models of a stage's tasks around their one encoder, and their weights as plain tensors."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from xtb import mlm, sharding
from xtb.mlm import MaskedModel
from xtb.model import TaskModel


class Learner(nn.Module):
    """The models of a stage's tasks, and the one of masked language modelling where the stage has it.

    Its parameters are ``encoder.<name>`` and ``heads.<task>.<name>``.
    """

    def __init__(self, models: Mapping[str, TaskModel], masked: MaskedModel | None = None) -> None:
        super().__init__()
        self.encoder: nn.Module = next(iter(models.values())).encoder
        self.heads = nn.ModuleDict({name: model.layer for name, model in models.items()})
        if masked is not None:
            self.heads[mlm.NAME] = masked.layer
        self._models = dict(models)
        self._masked = masked

    @property
    def models(self) -> dict[str, TaskModel]:
        """The models by task."""
        return self._models

    def model(self, name: str) -> TaskModel | MaskedModel:
        """What a step of this name trains: a task's model, or the one of masked language modelling."""
        if name == mlm.NAME and self._masked is not None:
            return self._masked
        return self._models[name]

    def weights(self) -> dict[str, Tensor]:
        """All that training changes, each tensor once: parameters that are trained, and buffers.

        Weights that stay as they are (of an encoder with adapters) are left out.
        """
        state = self.state_dict()
        trained = {name: p for name, p in self.named_parameters() if p.requires_grad}
        fixed = {name for name, p in self.named_parameters(remove_duplicate=False)} - trained.keys()
        return {name: sharding.whole(tensor) for name, tensor in state.items() if name not in fixed}

    def load_weights(self, weights: Mapping[str, Tensor]) -> None:
        """The inverse of ``weights``, bit for bit."""
        own = self.state_dict()
        with torch.no_grad():
            for name, tensor in weights.items():
                sharding.copy(own[name], tensor)

    def train(self, mode: bool = True) -> "Learner":
        """Training mode, or evaluation mode, of all models."""
        super().train(mode)
        for model in self._models.values():
            model.train(mode)
        if self._masked is not None:
            self._masked.train(mode)
        return self
