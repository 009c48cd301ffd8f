-- One row per run: what it is, its encoder, and how its stages went.
-- error: why it failed
-- stages: number of stages trained
-- train_examples: training examples of all stages
-- steps: optimiser steps of all stages
-- tokens: subword tokens seen in all stages
-- intermediate_examples: training examples of the last intermediate stage; NULL for direct runs
-- intermediate_dev_metric: metric of intermediate_dev_score
-- intermediate_dev_score: English dev score of the last intermediate stage
-- intermediate_dev_chance: the same of a guesser
-- target_examples: training examples of the last target stage
-- target_dev_metric: metric of target_dev_score
-- target_dev_score: English dev score after the last target stage
-- target_dev_chance: the same of a guesser
with trained as (
    select
        run_id,
        count(*) as stages,
        sum(train_examples)::bigint as train_examples,
        sum(steps)::bigint as steps,
        sum(tokens)::bigint as tokens,
        arg_max(train_examples, position) filter (where role = 'intermediate') as intermediate_examples,
        arg_max(dev_metric, position) filter (where role = 'intermediate') as intermediate_dev_metric,
        arg_max(dev_score, position) filter (where role = 'intermediate') as intermediate_dev_score,
        arg_max(dev_chance, position) filter (where role = 'intermediate') as intermediate_dev_chance,
        arg_max(train_examples, position) filter (where role = 'target') as target_examples,
        arg_max(dev_metric, position) filter (where role = 'target') as target_dev_metric,
        arg_max(dev_score, position) filter (where role = 'target') as target_dev_score,
        arg_max(dev_chance, position) filter (where role = 'target') as target_dev_chance
    from stage
    group by run_id
)
select
    run.run_id,
    run.source,
    run.encoder,
    run.encoder_fingerprint,
    encoder.architecture,
    encoder.parameters,
    encoder.layers,
    encoder.hidden,
    encoder.vocabulary,
    run.regime,
    run.intermediate,
    run.intermediate_language,
    run.robust,
    run.robust_stage,
    run.target,
    run.seed,
    run.data_source,
    run.status,
    run.error,
    run.started_at,
    run.seconds,
    run.device,
    run.code_version,
    coalesce(trained.stages, 0) as stages,
    trained.train_examples,
    trained.steps,
    trained.tokens,
    trained.intermediate_examples,
    trained.intermediate_dev_metric,
    trained.intermediate_dev_score,
    trained.intermediate_dev_chance,
    trained.target_examples,
    trained.target_dev_metric,
    trained.target_dev_score,
    trained.target_dev_chance
from run
left join trained using (run_id)
left join encoder
    on encoder.encoder = run.encoder
    and encoder.encoder_fingerprint = run.encoder_fingerprint
