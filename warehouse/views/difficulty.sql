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
-- steps_to_90: first evaluated step with 90 % of dev_score; as fine as the evaluations of the stage lie
-- entropy: bits of the labels that a model without inputs leaves open: H_V(Y); NULL where not measured (xtb information)
-- information: bits of them that the inputs tell the encoder: V-usable information (Xu et al., 2020)
-- unexplained: 1 - information / entropy: 0 when the inputs tell all, 1 nothing, more where they mislead
-- information_examples: dev examples that entropy and information are means over
with learned as (
    select
        training_log.run_id,
        training_log.position,
        min(training_log.step) as steps_to_90
    from training_log
    inner join stage
        on stage.run_id = training_log.run_id
        and stage.position = training_log.position
    where training_log.dev_score >= 0.9 * stage.dev_score
    group by training_log.run_id, training_log.position
),
one_each as (  -- runs that share a stage may each have measured it
    select
        stage.stage_id,
        pointwise_information.task,
        pointwise_information.split,
        pointwise_information.language,
        pointwise_information.example_id,
        first(pointwise_information.bits order by stage.run_id) as bits,
        first(pointwise_information.null_bits order by stage.run_id) as null_bits
    from pointwise_information
    inner join stage
        on stage.run_id = pointwise_information.run_id
        and stage.position = pointwise_information.position
    group by all
),
told as (
    select
        stage_id,
        avg(null_bits) as entropy,
        avg(null_bits - bits) as information,
        count(*) as information_examples
    from one_each
    group by stage_id
)
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
    (1 - stage.dev_score) / nullif(1 - stage.dev_chance, 0) as unsolved,
    learned.steps_to_90,
    told.entropy,
    told.information,
    1 - told.information / nullif(told.entropy, 0) as unexplained,
    told.information_examples
from stage
inner join run using (run_id)
left join learned
    on learned.run_id = stage.run_id
    and learned.position = stage.position
left join told
    on told.stage_id = stage.stage_id
where stage.role = 'intermediate'
