-- One row per task, split, perturbation, severity and language: what the noise did to the texts, so that a no-op is visible.
-- param perturbation = null: only this perturbation
-- param task = null: only this task
with noisy as (
    select
        run_id,
        task,
        split,
        perturbation,
        severity,
        language,
        example_id,
        changed,
        token_changed,
        edits,
        eligible,
        tokens
    from outcome
    where perturbation <> 'clean'
        and ($perturbation::varchar is null or perturbation = $perturbation)
        and ($task::varchar is null or task = $task)
)
select
    noisy.task,
    noisy.split,
    noisy.perturbation,
    noisy.severity,
    noisy.language,
    any_value(perturbation_level.rate) as intended_rate,
    sum(noisy.edits) / nullif(sum(noisy.eligible), 0) as realised_rate,
    avg((not noisy.changed)::int) as unchanged_share,
    avg((not noisy.token_changed)::int) as token_unchanged_share,
    sum(noisy.tokens) / nullif(sum(clean.tokens), 0) as fertility
from noisy
left join outcome as clean
    on clean.run_id = noisy.run_id
    and clean.task = noisy.task
    and clean.split = noisy.split
    and clean.language = noisy.language
    and clean.example_id = noisy.example_id
    and clean.perturbation = 'clean'
left join perturbation_level
    on perturbation_level.perturbation = noisy.perturbation
    and perturbation_level.severity = noisy.severity
group by noisy.task, noisy.split, noisy.perturbation, noisy.severity, noisy.language
order by noisy.task, noisy.split, noisy.perturbation, noisy.severity, noisy.language
