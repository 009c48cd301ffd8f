-- One row per encoder, regime, task and split: mean corruption errors against direct on the headline metric, over runs and languages; below 1 is more robust.
-- param task = null: only this task
select
    mean_corruption_error.encoder,
    mean_corruption_error.regime,
    mean_corruption_error.intermediate,
    mean_corruption_error.intermediate_language,
    mean_corruption_error.robust,
    mean_corruption_error.robust_stage,
    mean_corruption_error.task,
    mean_corruption_error.split,
    count(distinct mean_corruption_error.run_id) as runs,
    count(distinct mean_corruption_error.language) as languages,
    min(mean_corruption_error.perturbations) as fewest_perturbations,
    avg(mean_corruption_error.mce) as mce,
    min(mean_corruption_error.relative_perturbations) as fewest_relative_perturbations,
    avg(mean_corruption_error.relative_mce) as relative_mce
from mean_corruption_error
inner join task
    on task.task = mean_corruption_error.task
    and task.metric = mean_corruption_error.metric
where ($task::varchar is null or mean_corruption_error.task = $task)
group by all
order by mean_corruption_error.task, mean_corruption_error.split, mce, mean_corruption_error.encoder, mean_corruption_error.regime, mean_corruption_error.intermediate, mean_corruption_error.intermediate_language, mean_corruption_error.robust, mean_corruption_error.robust_stage
