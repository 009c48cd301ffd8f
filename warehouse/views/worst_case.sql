-- One row per run, task, split and language: the mean over examples of the worst result among the clean text and all its perturbed versions.
-- task: task evaluated
-- n: examples
-- perturbations: different perturbations in it, clean not counted; more of them can only lower the value, so compare equal numbers
-- versions: texts per example in it, the clean one included
-- clean_value: mean of correct on the clean text
-- value: mean over examples of the smallest correct, over clean and every perturbation of risk none or low (unknown risk counts as low)
-- drop: clean_value - value
from worst_case_of(['none', 'low'])
