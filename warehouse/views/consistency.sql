-- One row per run, task, split and language: how often two versions of an example, clean or perturbed, get the same prediction (SCORE's consistency rate).
-- task: task evaluated
-- n: examples with at least two versions
-- versions: texts per example in it, the clean one included; compare equal numbers
-- value: mean over examples of the share of unordered pairs of versions whose predictions are equal, over clean and every perturbation of risk none or low
from consistency_of(['none', 'low'])
