-- One row per perturbed cell of one run that has outcomes: what the noise did to its texts and their tokens.
-- task: task evaluated
-- n: examples
-- rate: share of eligible units that this severity is meant to edit
-- edits: edits applied
-- eligible: units that could have been edited
-- realised_rate: edits / eligible, over all examples; NULL when nothing was eligible
-- unchanged_share: examples whose text is as it was
-- token_unchanged_share: examples whose input ids are as they were: the encoder cannot notice the noise
-- tokens: subword tokens of the perturbed inputs
-- clean_tokens: of the same inputs without the perturbation; NULL when the clean cell has other examples
-- fertility: tokens / clean_tokens
with cell as (
    select
        columns(cell_key()),
        count(*) as n,
        sum(edits)::bigint as edits,
        sum(eligible)::bigint as eligible,
        avg((not changed)::int) as unchanged_share,
        avg((not token_changed)::int) as token_unchanged_share,
        sum(tokens)::bigint as tokens
    from outcome
    group by all
)
select
    noisy.run_id,
    noisy.task,
    noisy.split,
    noisy.language,
    noisy.perturbation,
    noisy.severity,
    noisy.noise_seed,
    noisy.n,
    perturbation_level.rate,
    noisy.edits,
    noisy.eligible,
    noisy.edits / nullif(noisy.eligible, 0) as realised_rate,
    noisy.unchanged_share,
    noisy.token_unchanged_share,
    noisy.tokens,
    clean.tokens as clean_tokens,
    noisy.tokens / nullif(clean.tokens, 0) as fertility
from cell as noisy
left join cell as clean
    on clean.run_id = noisy.run_id
    and clean.task = noisy.task
    and clean.split = noisy.split
    and clean.language = noisy.language
    and clean.perturbation = 'clean'
    and clean.n = noisy.n
left join perturbation_level
    on perturbation_level.perturbation = noisy.perturbation
    and perturbation_level.severity = noisy.severity
where noisy.perturbation <> 'clean'
