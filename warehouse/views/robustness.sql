-- One row per metric of one perturbed cell of one run, beside its clean twin: how much is lost.
-- task: task evaluated
-- rate: share of eligible units that this severity edits
-- value: score on the perturbed examples; NULL when error says why
-- unchanged: examples that the perturbation left as they were
-- clean_value: score on the same examples without the perturbation; NULL when the twin is missing
-- drop: clean_value - value, in points of [0, 1]
-- relative_drop: 1 - value / clean_value (PromptBench's PDR); NULL when clean_value is 0; misleading near chance
-- chance: value of a guesser on the headline metric; NULL for other metrics or where it depends on the data
-- relative_drop_above_chance: 1 - (value - chance) / (clean_value - chance); NULL when clean_value is within two standard errors of chance
with clean as (
    select
        score.run_id,
        score.task,
        score.split,
        score.language,
        score.metric,
        score.value,
        task.chance,
        -- twice the binomial standard error, an upper bound for any score in [0, 1]
        2 * sqrt(greatest(score.value * (1 - score.value), 0) / score.n) as two_errors
    from score
    left join task
        on task.task = score.task
        and task.metric = score.metric
    where score.perturbation = 'clean'
)
select
    noisy.run_id,
    run.source,
    run.encoder,
    run.encoder_fingerprint,
    run.regime,
    run.intermediate,
    run.intermediate_language,
    run.robust,
    run.robust_stage,
    run.target,
    run.seed,
    noisy.task,
    noisy.split,
    noisy.language,
    noisy.perturbation,
    noisy.severity,
    noisy.noise_seed,
    perturbation_level.rate,
    noisy.metric,
    noisy.value,
    noisy.n,
    noisy.unchanged,
    noisy.error,
    clean.value as clean_value,
    clean.value - noisy.value as "drop",
    1 - noisy.value / nullif(clean.value, 0) as relative_drop,
    clean.chance,
    case
        when clean.value - clean.chance > 0 and clean.value - clean.chance >= clean.two_errors
            then 1 - (noisy.value - clean.chance) / (clean.value - clean.chance)
    end as relative_drop_above_chance
from score as noisy
left join clean
    on clean.run_id = noisy.run_id
    and clean.task = noisy.task
    and clean.split = noisy.split
    and clean.language = noisy.language
    and clean.metric = noisy.metric
left join run
    on run.run_id = noisy.run_id
left join perturbation_level
    on perturbation_level.perturbation = noisy.perturbation
    and perturbation_level.severity = noisy.severity
where noisy.perturbation <> 'clean'
