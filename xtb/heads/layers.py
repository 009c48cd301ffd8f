"""Layers that heads share."""

from torch import Tensor, nn

from xtb.batching import Batch


class FirstToken(nn.Module):
    """Classes from the first token: dropout, dense, tanh, dropout, linear.

    The classification head of RoBERTa (Liu et al., 2019) as fairseq and transformers have it.
    """

    first_token = True  # the only one it reads

    def __init__(self, hidden: int, classes: int, dropout: float) -> None:
        super().__init__()
        self.dense = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, classes)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, batch: Batch) -> Tensor:
        """[rows, tokens, hidden] to [rows, classes]."""
        first = self.dense(self.dropout(hidden[:, 0])).tanh()
        classes: Tensor = self.out(self.dropout(first))
        return classes


class EachToken(nn.Module):
    """Classes of every token: dropout, linear (Devlin et al., 2019)."""

    def __init__(self, hidden: int, classes: int, dropout: float) -> None:
        super().__init__()
        self.out = nn.Linear(hidden, classes)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, batch: Batch) -> Tensor:
        """[rows, tokens, hidden] to [rows, tokens, classes]."""
        classes: Tensor = self.out(self.dropout(hidden))
        return classes
