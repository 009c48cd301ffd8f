-- One row per run, task, split and language: as view consistency, over perturbations of the given risks.
-- risks: list of none, low, medium, high; a perturbation of unknown risk counts as low
with counted as (
    select distinct
        score.perturbation
    from score
    left join perturbation using (perturbation)
    where score.perturbation = 'clean'
        or list_contains(risks, coalesce(perturbation.risk, 'low'))
),
said as (
    select
        run_id,
        task,
        split,
        language,
        example_id,
        prediction,
        count(*) as times
    from outcome
    where prediction is not null
        and perturbation in (from counted)
    group by run_id, task, split, language, example_id, prediction
),
example as (
    select
        run_id,
        task,
        split,
        language,
        example_id,
        sum(times) as versions,
        sum(times * (times - 1)) as agreeing
    from said
    group by run_id, task, split, language, example_id
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
    max(example.versions)::bigint as versions,
    avg(example.agreeing / (example.versions * (example.versions - 1))) as value
from example
left join run using (run_id)
where example.versions > 1
group by all
