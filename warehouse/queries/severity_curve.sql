-- One row per encoder, regime, task, split and severity: mean headline score beside the clean score of the same cells, over runs, languages and perturbations.
-- param perturbation = null: only this perturbation (controls are left out when null)
-- param language = null: only this language
-- param task = null: only this task
select
    robustness.encoder,
    robustness.regime,
    robustness.intermediate,
    robustness.intermediate_language,
    robustness.robust,
    robustness.robust_stage,
    robustness.task,
    robustness.split,
    robustness.severity,
    avg(robustness.rate) as mean_rate,
    count(distinct robustness.run_id) as runs,
    count(distinct robustness.language) as languages,
    count(distinct robustness.perturbation) as perturbations,
    count(*) as scores,
    avg(robustness.clean_value) as clean,
    avg(robustness.value) as value,
    avg(robustness.drop) as "drop"
from robustness
inner join task
    on task.task = robustness.task
    and task.metric = robustness.metric
left join perturbation
    on perturbation.perturbation = robustness.perturbation
where robustness.drop is not null
    and (
        robustness.perturbation = $perturbation
        or ($perturbation::varchar is null and not coalesce(perturbation.control, false))
    )
    and ($language::varchar is null or robustness.language = $language)
    and ($task::varchar is null or robustness.task = $task)
group by all
order by
    robustness.task, robustness.split, robustness.encoder, robustness.regime, robustness.intermediate,
    robustness.intermediate_language, robustness.robust, robustness.robust_stage, robustness.severity
