-- One row per stage of a run, in order of training.
-- param run = null: only runs whose id begins like this
select
    stage.run_id,
    stage.position,
    stage.role,
    stage.task,
    stage.languages,
    stage.perturbation,
    stage.robust,
    stage.train_examples,
    stage.steps,
    stage.train_loss,
    stage.dev_metric,
    stage.dev_score,
    stage.dev_chance,
    stage.best_step,
    stage.seconds
from stage
where $run::varchar is null or starts_with(stage.run_id, $run)
order by stage.run_id, stage.position
