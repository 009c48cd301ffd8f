-- One row per regime, task, split and severity (0 is clean): mean score on the headline metric, over runs, languages and perturbations.
-- param perturbation = null: only this perturbation (controls are left out when null)
-- param language = null: only this language
-- param task = null: only this task
with perturbed as (
    select
        robustness.*
    from robustness
    inner join task
        on task.task = robustness.task
        and task.metric = robustness.metric
    left join perturbation
        on perturbation.perturbation = robustness.perturbation
    where robustness.value is not null
        and robustness.clean_value is not null
        and (
            robustness.perturbation = $perturbation
            or ($perturbation::varchar is null and not coalesce(perturbation.control, false))
        )
        and ($language::varchar is null or robustness.language = $language)
        and ($task::varchar is null or robustness.task = $task)
),
points as (
    select
        regime,
        intermediate,
        robust,
        task,
        split,
        severity,
        rate,
        run_id,
        value
    from perturbed
    union all
    select
        regime,
        intermediate,
        robust,
        task,
        split,
        0 as severity,
        0 as rate,
        run_id,
        clean_value as value
    from (
        select distinct regime, intermediate, robust, task, split, run_id, language, clean_value from perturbed
    )
)
select
    regime,
    intermediate,
    robust,
    task,
    split,
    severity,
    avg(rate) as mean_rate,
    count(distinct run_id) as runs,
    count(*) as scores,
    avg(value) as value
from points
group by regime, intermediate, robust, task, split, severity
order by task, split, regime, intermediate, robust, severity
