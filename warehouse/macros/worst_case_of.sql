-- One row per run, task, split and language: as view worst_case, over perturbations of the given risks.
-- risks: list of none, low, medium, high; a perturbation of unknown risk counts as low
with counted as (
    select distinct
        score.perturbation
    from score
    left join perturbation using (perturbation)
    where score.perturbation = 'clean'
        or list_contains(risks, coalesce(perturbation.risk, 'low'))
),
example as (
    select
        run_id,
        task,
        split,
        language,
        example_id,
        min(correct) as worst,
        min(case when perturbation = 'clean' then correct end) as clean,
        count(*) as versions
    from outcome
    where perturbation in (from counted)
    group by run_id, task, split, language, example_id
),
used as (
    select
        run_id,
        task,
        split,
        language,
        count(distinct perturbation) filter (where perturbation <> 'clean') as perturbations
    from score
    where value is not null
        and perturbation in (from counted)
    group by run_id, task, split, language
)
select
    example.run_id,
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
    example.task,
    example.split,
    example.language,
    count(*) as n,
    any_value(used.perturbations) as perturbations,
    max(example.versions) as versions,
    avg(example.clean) as clean_value,
    avg(example.worst) as value,
    avg(example.clean) - avg(example.worst) as "drop"
from example
left join run using (run_id)
left join used using (run_id, task, split, language)
where example.clean is not null
group by all
