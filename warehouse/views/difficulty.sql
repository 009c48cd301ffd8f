-- One row per intermediate stage of one run: how hard the intermediate task was for the encoder.
-- task: the intermediate task
-- position: number of the stage, 0 is the first
-- perturbation: noise of the training data, clean for none
-- severity: its level, 0 for clean
-- stage_id: equal where runs share the stage, so count each once
-- dev_score: English dev score after the stage
-- dev_chance: dev score of a guesser
-- above_chance: (dev_score - dev_chance) / (1 - dev_chance): 0 at chance, 1 when solved
-- error_rate: 1 - dev_score
-- unsolved: 1 - above_chance: 0 when solved, 1 at chance, more below it
select
    stage.run_id,
    run.source,
    run.encoder,
    run.encoder_fingerprint,
    run.regime,
    run.target,
    run.robust,
    run.seed,
    stage.position,
    stage.stage_id,
    stage.task,
    stage.languages,
    stage.perturbation,
    stage.severity,
    stage.train_examples,
    stage.steps,
    stage.epochs,
    stage.train_loss,
    stage.dev_metric,
    stage.dev_score,
    stage.dev_chance,
    (stage.dev_score - stage.dev_chance) / nullif(1 - stage.dev_chance, 0) as above_chance,
    1 - stage.dev_score as error_rate,
    (1 - stage.dev_score) / nullif(1 - stage.dev_chance, 0) as unsolved
from stage
inner join run using (run_id)
where stage.role = 'intermediate'
