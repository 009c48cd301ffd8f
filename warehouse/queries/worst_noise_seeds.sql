-- One row per encoder, regime, task, split, perturbation and severity: mean result under one noise seed and under the worst of k, over runs and languages.
-- param k = 2: noise seeds of which the worst counts; NULL where fewer were drawn
-- param task = null: only this task
select
    run.encoder,
    run.regime,
    run.intermediate,
    run.intermediate_language,
    run.robust,
    run.robust_stage,
    worst.task,
    worst.split,
    worst.perturbation,
    worst.severity,
    count(distinct worst.run_id) as runs,
    count(distinct worst.language) as languages,
    min(worst.draws) as fewest_draws,
    avg(worst.mean_value) as mean_value,
    avg(worst.value) as worst_of_k
from worst_of_draws($k::bigint) as worst
inner join run using (run_id)
where $task::varchar is null or worst.task = $task
group by all
order by worst.task, worst.split, worst.perturbation, worst.severity, run.encoder, run.regime, run.intermediate, run.intermediate_language, run.robust, run.robust_stage
