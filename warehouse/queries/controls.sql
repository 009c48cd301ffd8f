-- One row per task, split, negative control and language: its drop, which must be exactly 0 on encoders that undo it.
-- param task = null: only this task
select
    robustness.task,
    robustness.split,
    robustness.perturbation,
    robustness.language,
    robustness.metric,
    count(robustness.value) as scores,
    avg(robustness.drop) as "drop",
    max(abs(robustness.drop)) as largest_drop,
    count(*) filter (where robustness.drop <> 0) as scores_with_a_drop
from robustness
inner join perturbation
    on perturbation.perturbation = robustness.perturbation
    and perturbation.control
where robustness.value is not null
    and ($task::varchar is null or robustness.task = $task)
group by all
order by largest_drop desc, robustness.task, robustness.split, robustness.perturbation, robustness.language
