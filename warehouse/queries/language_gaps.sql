-- One row per encoder, regime, task, split, perturbation and severity: worst language and English against the others on the headline metric, over runs.
-- param task = null: only this task
select
    worst_language.encoder,
    worst_language.regime,
    worst_language.intermediate,
    worst_language.intermediate_language,
    worst_language.robust,
    worst_language.robust_stage,
    worst_language.task,
    worst_language.split,
    worst_language.perturbation,
    worst_language.severity,
    count(distinct worst_language.run_id) as runs,
    min(worst_language.languages) as fewest_languages,
    mode(worst_language.worst_language) as worst_language,
    avg(worst_language.worst_value) as worst_value,
    avg(worst_language.mean_value) as mean_value,
    avg(worst_language.english_drop) as english_drop,
    avg(worst_language.mean_drop) as mean_drop,
    avg(worst_language.gap) as gap
from worst_language
inner join task
    on task.task = worst_language.task
    and task.metric = worst_language.metric
where ($task::varchar is null or worst_language.task = $task)
group by all
order by worst_language.task, worst_language.split, worst_language.perturbation, worst_language.severity, worst_language.encoder, worst_language.regime, worst_language.intermediate, worst_language.intermediate_language, worst_language.robust, worst_language.robust_stage
