-- One row per encoder, regime, task, split, perturbation and severity: mean loss on the headline metric, over runs and languages.
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
    robustness.perturbation,
    robustness.severity,
    count(distinct robustness.run_id) as runs,
    count(distinct robustness.language) as languages,
    avg(robustness.clean_value) as clean,
    avg(robustness.value) as perturbed,
    avg(robustness.drop) as "drop",
    avg(robustness.relative_drop_above_chance) as relative_drop_above_chance,
    sum(robustness.unchanged) / sum(robustness.n) as unchanged_share
from robustness
inner join task
    on task.task = robustness.task
    and task.metric = robustness.metric
where robustness.drop is not null
    and ($language::varchar is null or robustness.language = $language)
    and ($task::varchar is null or robustness.task = $task)
group by all
order by
    robustness.task, robustness.split, robustness.perturbation, robustness.severity, robustness.encoder, robustness.regime,
    robustness.intermediate, robustness.intermediate_language, robustness.robust, robustness.robust_stage
