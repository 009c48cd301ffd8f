-- One row per encoder, regime, task, split and perturbation: its severity curve on the headline metric in a number, over runs and languages.
-- param task = null: only this task
select
    severity_area.encoder,
    severity_area.regime,
    severity_area.intermediate,
    severity_area.intermediate_language,
    severity_area.robust,
    severity_area.robust_stage,
    severity_area.task,
    severity_area.split,
    severity_area.perturbation,
    count(distinct severity_area.run_id) as runs,
    count(distinct severity_area.language) as languages,
    min(severity_area.levels) as fewest_levels,
    avg(severity_area.clean_value) as clean,
    avg(severity_area.mean_value) as mean_value,
    avg(severity_area.largest_rate) as largest_rate,
    avg(severity_area.value_over_rate) as value_over_rate
from severity_area
inner join task
    on task.task = severity_area.task
    and task.metric = severity_area.metric
where ($task::varchar is null or severity_area.task = $task)
group by all
order by severity_area.task, severity_area.split, severity_area.perturbation, severity_area.encoder, severity_area.regime, severity_area.intermediate, severity_area.intermediate_language, severity_area.robust, severity_area.robust_stage
