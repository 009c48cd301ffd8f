"""Robust training against straightforward references of the papers' formulas, on a toy classifier."""

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from xtb.robust.consistency import consistency
from xtb.robust.fgm import fgm
from xtb.robust.freelb import freelb
from xtb.robust.pgd import pgd
from xtb.robust.problem import Backward, Problem, into_ball, plain, symmetric_kl
from xtb.robust.r3f import r3f
from xtb.robust.smart import smart

ROWS, TOKENS, HIDDEN, CLASSES = 3, 5, 4, 3
Method = Callable[[Problem, Backward], Tensor]


class Toy(nn.Module):
    """Mean of tanh of the real tokens' embeddings, then a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(1)
        self.table = nn.Embedding(11, HIDDEN, dtype=torch.float64)
        self.linear = nn.Linear(HIDDEN, CLASSES, dtype=torch.float64)
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        self.ids = torch.tensor([[1, 2, 3, 4, 5], [6, 7, 8, 0, 0], [9, 10, 1, 2, 0]])
        self.noisy = torch.tensor([[1, 2, 9, 4, 5], [6, 3, 8, 0, 0], [9, 10, 1, 2, 0]])
        self.mask = (self.ids != 0).long()
        self.labels = torch.tensor([0, 2, 1])
        self.seen: list[Tensor] = []

    def forward(self, embeddings: Tensor | None) -> Tensor:
        embeddings = self.table(self.ids) if embeddings is None else embeddings
        self.seen.append(embeddings.detach())
        mask = self.mask.unsqueeze(-1)
        return self.linear((torch.tanh(embeddings) * mask).sum(1) / mask.sum(1))

    def problem(self) -> Problem:
        return Problem(
            embed=lambda: self.table(self.ids),
            forward=self.forward,
            loss=lambda outputs: nn.functional.cross_entropy(outputs, self.labels),
            log_probs=lambda outputs: outputs.log_softmax(-1),
            mask=self.mask,
            views=lambda outputs: (outputs.log_softmax(-1), self(self.table(self.noisy)).log_softmax(-1)),
        )


def gradients(method: Method) -> list[Tensor]:
    toy = Toy()
    method(toy.problem(), lambda loss: loss.backward())
    return [parameter.grad.clone() for parameter in toy.parameters() if parameter.grad is not None]


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(7)


def reference(objective: Callable[[Toy], Tensor]) -> list[Tensor]:
    """Gradients of an objective written out in full."""
    toy = Toy()
    return list(torch.autograd.grad(objective(toy), list(toy.parameters())))


def ascent(toy: Toy, at: Tensor) -> Tensor:
    embeddings = at.detach().requires_grad_()
    loss = nn.functional.cross_entropy(toy(embeddings), toy.labels)
    (gradient,) = torch.autograd.grad(loss, embeddings)
    return torch.stack([g / g.norm() for g in gradient])


def assert_same(first: list[Tensor], second: list[Tensor]) -> None:
    for one, two in zip(first, second, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-9, atol=1e-12)


def test_fgm_is_the_sum_of_clean_and_one_step_gradients() -> None:
    def objective(toy: Toy) -> Tensor:
        embeddings = toy.table(toy.ids)
        step = 0.5 * ascent(toy, embeddings)
        return sum(nn.functional.cross_entropy(toy(e), toy.labels) for e in (embeddings, embeddings + step))  # type: ignore[return-value]

    assert_same(gradients(partial(fgm, epsilon=0.5)), reference(objective))


def test_pgd_ends_where_projected_ascent_ends() -> None:
    def objective(toy: Toy) -> Tensor:
        embeddings = toy.table(toy.ids)
        delta = torch.zeros_like(embeddings)
        for _ in range(3):
            delta = delta + 0.3 * ascent(toy, embeddings + delta)
            for row in range(ROWS):
                norm = delta[row].norm()
                if norm > 0.5:
                    delta[row] *= 0.5 / norm
        return sum(
            nn.functional.cross_entropy(toy(e), toy.labels) for e in (embeddings, embeddings + delta.detach())
        )  # type: ignore[return-value]

    assert_same(gradients(partial(pgd, epsilon=0.5, alpha=0.3, steps=3)), reference(objective))


def test_freelb_averages_the_gradients_along_the_ascent() -> None:
    def objective(toy: Toy) -> Tensor:
        embeddings = toy.table(toy.ids)
        uniform = 2 * torch.rand(embeddings.shape, generator=generator()).double() - 1
        tokens = toy.mask.sum(1).double()
        delta = torch.stack(
            [
                uniform[row] * toy.mask[row].unsqueeze(-1) * 0.2 / (tokens[row] * HIDDEN).sqrt()
                for row in range(ROWS)
            ]
        )
        total = torch.zeros((), dtype=torch.float64)
        for _ in range(3):
            total = total + nn.functional.cross_entropy(toy(embeddings + delta), toy.labels) / 3
            delta = delta + 0.1 * ascent(toy, embeddings + delta)
            for row in range(ROWS):
                norm = delta[row].norm()
                if norm > 0.25:
                    delta[row] *= 0.25 / norm
            delta = delta.detach()
        return total

    def method(problem: Problem, backward: Backward) -> Tensor:
        return freelb(problem, backward, generator(), step_size=0.1, steps=3, initial=0.2, radius=0.25)

    assert_same(gradients(method), reference(objective))


def test_r3f_adds_the_symmetric_divergence_under_uniform_noise() -> None:
    def objective(toy: Toy) -> Tensor:
        embeddings = toy.table(toy.ids)
        clean = toy(embeddings).softmax(-1)
        z = 2 * torch.rand(embeddings.shape, generator=generator()).double() - 1
        noisy = toy(embeddings.detach() + 0.01 * z * toy.mask.unsqueeze(-1)).softmax(-1)
        forward = (clean * (clean / noisy).log()).sum(-1).mean()
        backward = (noisy * (noisy / clean).log()).sum(-1).mean()
        return nn.functional.cross_entropy(toy(embeddings), toy.labels) + 2.0 * (forward + backward)

    def method(problem: Problem, backward: Backward) -> Tensor:
        return r3f(problem, backward, generator(), epsilon=0.01, weight=2.0)

    assert_same(gradients(method), reference(objective))


def test_smart_adds_the_divergence_at_the_worst_disturbance() -> None:
    def objective(toy: Toy) -> Tensor:
        embeddings = toy.table(toy.ids)
        mask = toy.mask.unsqueeze(-1)
        clean = toy(embeddings).softmax(-1)
        delta = torch.randn(embeddings.shape, generator=generator()).double() * 0.1 * mask
        delta = delta.requires_grad_()
        disturbed = toy(embeddings.detach() + delta).softmax(-1)
        divergence = (disturbed * (disturbed / clean.detach()).log()).sum(-1).mean()
        (gradient,) = torch.autograd.grad(divergence, delta)
        delta = delta.detach() + 0.2 * gradient
        delta = 0.3 * delta / (delta.abs().amax(-1, keepdim=True) + 1e-6) * mask
        disturbed = toy(embeddings + delta).softmax(-1)
        both = (disturbed * (disturbed / clean).log()).sum(-1) + (clean * (clean / disturbed).log()).sum(-1)
        return nn.functional.cross_entropy(toy(embeddings), toy.labels) + 3.0 * both.mean()

    def method(problem: Problem, backward: Backward) -> Tensor:
        return smart(problem, backward, generator(), weight=3.0, step_size=0.2, noise=0.1, radius=0.3)

    assert_same(gradients(method), reference(objective))


def test_consistency_pulls_both_views_towards_each_other_as_they_stand() -> None:
    def objective(toy: Toy) -> Tensor:
        one, two = (toy(toy.table(ids)).softmax(-1) for ids in (toy.ids, toy.noisy))
        fixed_one, fixed_two = one.detach(), two.detach()
        first = (fixed_one * (fixed_one / two).log()).sum(-1).mean()
        second = (fixed_two * (fixed_two / one).log()).sum(-1).mean()
        return nn.functional.cross_entropy(toy(toy.table(toy.ids)), toy.labels) + 5.0 * (first + second)

    assert_same(gradients(consistency), reference(objective))


ALL: dict[str, Method] = {
    "fgm": fgm,
    "pgd": pgd,
    "freelb": lambda problem, backward: freelb(problem, backward, generator()),
    "smart": lambda problem, backward: smart(problem, backward, generator()),
    "r3f": lambda problem, backward: r3f(problem, backward, generator(), epsilon=0.1),
    "consistency": consistency,
}
ZERO: dict[str, Method] = {
    "fgm": partial(fgm, epsilon=0.0),
    "pgd": partial(pgd, epsilon=0.0),
    "freelb": lambda problem, backward: freelb(problem, backward, generator(), step_size=0.0, initial=0.0),
    "smart": lambda problem, backward: smart(problem, backward, generator(), weight=0.0),
    "r3f": lambda problem, backward: r3f(problem, backward, generator(), weight=0.0),
    "consistency": partial(consistency, weight=0.0),
}


@pytest.mark.parametrize("name", ZERO)
def test_without_strength_it_is_plain_training_bit_for_bit(name: str) -> None:
    for one, two in zip(gradients(ZERO[name]), gradients(plain), strict=True):
        assert torch.equal(one, two)


@pytest.mark.parametrize("name", ALL)
def test_with_strength_it_is_not_plain_training(name: str) -> None:
    assert any(not torch.allclose(a, b) for a, b in zip(gradients(ALL[name]), gradients(plain), strict=True))


@pytest.mark.parametrize("name", ALL)
def test_padding_is_never_disturbed(name: str) -> None:
    toy = Toy()
    ALL[name](toy.problem(), lambda loss: loss.backward())
    padding = toy.mask == 0
    clean = toy.table(toy.ids).detach()
    assert len(toy.seen) > 1
    assert all(torch.equal(seen[padding], clean[padding]) for seen in toy.seen)


def test_ball_shrinks_only_what_is_outside() -> None:
    delta = torch.tensor([[[3.0, 4.0]], [[0.3, 0.4]]])
    torch.testing.assert_close(into_ball(delta, 1.0), torch.tensor([[[0.6, 0.8]], [[0.3, 0.4]]]))
    assert into_ball(delta, 0.0) is delta


def test_symmetric_divergence_of_known_distributions() -> None:
    first, second = torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[0.25, 0.75]]).log()
    expected = 0.25 * torch.log(torch.tensor(0.5 / 0.25)) - 0.25 * torch.log(torch.tensor(0.5 / 0.75))
    torch.testing.assert_close(symmetric_kl(first, second), expected)
