-- One row per run, task, split and language: the mean over examples of the worst result among the clean text and all its perturbed versions.
-- task: task evaluated
-- n: examples
-- perturbations: different perturbations in it, clean not counted; more of them can only lower the value, so compare equal numbers
-- versions: texts per example in it, the clean one included
-- clean_value: mean of correct on the clean text
-- value: mean over examples of the smallest correct, over clean and every perturbation of risk none or low (unknown risk counts as low)
-- drop: clean_value - value
with counted as (
    select
        perturbation
    from perturbation
    where risk in ('medium', 'high')
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
    where perturbation not in (from counted)
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
        and perturbation not in (from counted)
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
