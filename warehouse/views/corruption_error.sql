-- One row per run, metric of a task, split, language and perturbation: errors beside those of the direct runs (corruption error of Hendrycks & Dietterich 2019).
-- task: task evaluated
-- severities: levels that the run and the direct runs share; the sums go over them
-- direct_runs: runs (seeds) of regime direct without robust training on the same encoder, data and target, whose mean is the reference
-- errors: sum over severities of 1 - value, mean over noise seeds
-- direct_errors: the same of the reference
-- corruption_error: errors / direct_errors; below 1 is better than direct; NULL when direct_errors is within two standard errors of 0
-- lost: sum over severities of clean_value - value
-- direct_lost: the same of the reference
-- relative_corruption_error: lost / direct_lost; NULL when direct_lost is within two standard errors of 0
with described as (
    select
        robustness.*,
        run.data_source
    from robustness
    inner join run using (run_id)
    where robustness.drop is not null
),
level as (
    select
        * exclude (noise_seed, rate, value, unchanged, error, clean_value, "drop", relative_drop, chance, relative_drop_above_chance),
        avg(value) as value,
        any_value(clean_value) as clean_value
    from described
    group by all
),
direct as (
    select
        source,
        data_source,
        encoder,
        encoder_fingerprint,
        target,
        task,
        split,
        language,
        perturbation,
        severity,
        metric,
        n,
        count(*) as runs,
        avg(value) as value,
        avg(clean_value) as clean_value
    from level
    where regime = 'direct'
        and robust = 'none'
    group by all
),
summed as (
    select
        level.run_id,
        level.source,
        level.encoder,
        level.encoder_fingerprint,
        level.regime,
        level.intermediate,
        level.intermediate_language,
        level.robust,
        level.robust_stage,
        level.target,
        level.seed,
        level.task,
        level.split,
        level.language,
        level.perturbation,
        level.metric,
        count(*) as severities,
        min(direct.runs) as direct_runs,
        sum(1 - level.value) as errors,
        sum(1 - direct.value) as direct_errors,
        sum(level.clean_value - level.value) as lost,
        sum(direct.clean_value - direct.value) as direct_lost,
        -- upper bounds: binomial, levels as if they went up and down together, clean and perturbed as if apart
        2 * sum(sqrt(greatest(direct.value * (1 - direct.value), 0) / direct.n)) as two_errors,
        2 * sum(
            sqrt(
                (
                    greatest(direct.value * (1 - direct.value), 0)
                    + greatest(direct.clean_value * (1 - direct.clean_value), 0)
                ) / direct.n
            )
        ) as two_errors_lost
    from level
    inner join direct
        on direct.source = level.source
        and direct.data_source is not distinct from level.data_source
        and direct.encoder = level.encoder
        and direct.encoder_fingerprint is not distinct from level.encoder_fingerprint
        and direct.target = level.target
        and direct.task = level.task
        and direct.split = level.split
        and direct.language = level.language
        and direct.perturbation = level.perturbation
        and direct.severity = level.severity
        and direct.metric = level.metric
        and direct.n is not distinct from level.n
    group by all
)
select
    * exclude (lost, direct_lost, two_errors, two_errors_lost),
    case when direct_errors > 0 and direct_errors >= two_errors then errors / direct_errors end as corruption_error,
    lost,
    direct_lost,
    case when direct_lost > 0 and direct_lost >= two_errors_lost then lost / direct_lost end as relative_corruption_error
from summed
