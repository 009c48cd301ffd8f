-- One row per encoder, regime, task, split, perturbation and severity: how often noise changes the prediction, and in which direction.
-- param language = null: only this language
-- param task = null: only this task
select
    run.encoder,
    run.regime,
    run.intermediate,
    run.robust,
    noisy.task,
    noisy.split,
    noisy.perturbation,
    noisy.severity,
    count(*) as pairs,
    avg((noisy.prediction is distinct from clean.prediction)::int) as flip_rate,
    avg((clean.correct > noisy.correct)::int) as right_to_wrong,
    avg((clean.correct < noisy.correct)::int) as wrong_to_right
from outcome as noisy
inner join outcome as clean
    on clean.run_id = noisy.run_id
    and clean.task = noisy.task
    and clean.split = noisy.split
    and clean.language = noisy.language
    and clean.example_id = noisy.example_id
    and clean.perturbation = 'clean'
inner join run
    on run.run_id = noisy.run_id
where noisy.perturbation <> 'clean'
    and ($language::varchar is null or noisy.language = $language)
    and ($task::varchar is null or noisy.task = $task)
group by all
order by noisy.task, noisy.split, noisy.perturbation, noisy.severity, run.encoder, run.regime, run.intermediate, run.robust
