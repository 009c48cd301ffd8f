-- One row per example of one cell that either of two runs has: what both made of it; NULL where a run lacks it.
-- param a: id of the first run, or its beginning: of several such runs the first by id
-- param b: the same of the second run
-- param task = null: only this task
-- param language = null: only this language
-- param perturbation = null: only this perturbation
with first_run as (
    select
        *
    from outcome
    where run_id = (select min(run_id) from run where starts_with(run_id, $a))
        and ($task::varchar is null or task = $task)
        and ($language::varchar is null or language = $language)
        and ($perturbation::varchar is null or perturbation = $perturbation)
),
second_run as (
    select
        *
    from outcome
    where run_id = (select min(run_id) from run where starts_with(run_id, $b))
        and ($task::varchar is null or task = $task)
        and ($language::varchar is null or language = $language)
        and ($perturbation::varchar is null or perturbation = $perturbation)
)
select
    task,
    split,
    language,
    perturbation,
    severity,
    noise_seed,
    example_id,
    first_run.correct as a,
    second_run.correct as b,
    first_run.prediction as a_prediction,
    second_run.prediction as b_prediction
from first_run
full join second_run
    using (task, split, language, perturbation, severity, noise_seed, example_id)
order by task, split, language, perturbation, severity, noise_seed, example_id
