-- Log odds of a share, finite at 0 and 1: ln((value * n + 1/2) / ((1 - value) * n + 1/2)).
-- value: share of examples, in [0, 1]
-- n: examples
ln((value * n + 0.5) / ((1 - value) * n + 0.5))
