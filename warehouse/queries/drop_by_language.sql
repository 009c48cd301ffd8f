-- One row per encoder, regime, task, split and language: mean loss under perturbation on the headline metric, over runs, perturbations and levels.
-- param perturbation = null: only this perturbation (controls are left out when null)
-- param severity = null: only this level
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
    robustness.language,
    language.name,
    language.script,
    count(distinct robustness.run_id) as runs,
    count(robustness.value) as scores,
    avg(robustness.clean_value) as clean,
    avg(robustness.value) as perturbed,
    avg(robustness.drop) as "drop",
    avg(robustness.relative_drop_above_chance) as relative_drop_above_chance
from robustness
inner join task
    on task.task = robustness.task
    and task.metric = robustness.metric
left join perturbation
    on perturbation.perturbation = robustness.perturbation
left join language
    on language.code = robustness.language
where robustness.drop is not null
    and (
        robustness.perturbation = $perturbation
        or ($perturbation::varchar is null and not coalesce(perturbation.control, false))
    )
    and ($severity::tinyint is null or robustness.severity = $severity::tinyint)
    and ($task::varchar is null or robustness.task = $task)
group by all
order by robustness.task, robustness.split, robustness.encoder, robustness.regime, robustness.intermediate, robustness.intermediate_language, robustness.robust, robustness.robust_stage, "drop" desc
