-- One row per system, task, split, perturbation, severity and language: spread of the headline score over seeds.
-- param task = null: only this task
-- param perturbation = clean: the perturbation
select
    run.encoder,
    run.regime,
    run.intermediate,
    run.intermediate_language,
    run.robust,
    run.robust_stage,
    score.task,
    score.split,
    score.perturbation,
    score.severity,
    score.language,
    count(*) as runs,
    avg(score.value) as mean,
    stddev_samp(score.value) as sd,
    min(score.value) as lowest,
    max(score.value) as highest
from score
inner join run using (run_id)
inner join task
    on task.task = score.task
    and task.metric = score.metric
where score.value is not null
    and score.perturbation = $perturbation
    and ($task::varchar is null or score.task = $task)
group by all
order by
    score.task, score.split, score.perturbation, score.severity, score.language, run.encoder, run.regime,
    run.intermediate, run.intermediate_language, run.robust, run.robust_stage
