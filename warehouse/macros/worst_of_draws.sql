-- One row per run, task, split, language, perturbation and severity: what is left under the worst of k noise seeds, estimated without bias from all that were drawn.
-- k: draws of which the worst counts
with example as (
    select
        run_id,
        task,
        split,
        language,
        perturbation,
        severity,
        example_id,
        list(correct) as results
    from outcome
    where perturbation <> 'clean'
    group by run_id, task, split, language, perturbation, severity, example_id
)
select
    run_id,
    task,
    split,
    language,
    perturbation,
    severity,
    count(*) as n,
    min(len(results)) as draws,
    k as k,
    avg(list_avg(results)) as mean_value,
    case when min(len(results)) >= k then avg(expected_minimum(results, k)) end as value
from example
group by run_id, task, split, language, perturbation, severity
