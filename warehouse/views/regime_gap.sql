-- One row per metric of one cell of one run that is not the plain direct one, beside the direct run it pairs with.
-- task: task evaluated
-- direct_run_id: regime direct without robust training, same source, encoder, data, target and seed (both unknown for means that others print); of several the one trained most alike, then the first
-- same_recipe: was the target stage of both trained on as many examples, for as many steps, at the same learning rate and batch? NULL when not recorded
-- value: score of the run
-- direct_value: score of the direct run on the same cell; rows without one are left out
-- gap: value - direct_value, positive when the regime helps
with recipe as (
    select
        run_id,
        last(
            {
                'train_examples': train_examples,
                'steps': steps,
                'learning_rate': learning_rate,
                'batch_tokens': batch_tokens
            }
            order by position
        ) as target_stage
    from stage
    where role = 'target'
    group by run_id
),
described as (
    select
        run.run_id,
        run.source,
        run.encoder,
        run.encoder_fingerprint,
        run.data_source,
        run.regime,
        run.intermediate,
        run.intermediate_language,
        run.robust,
        run.robust_stage,
        run.target,
        run.seed,
        run.started_at,
        run.regime = 'direct' and run.robust = 'none' as plain,
        recipe.target_stage
    from run
    left join recipe using (run_id)
    where run.status = 'trained'
),
paired as (
    select
        other.*,
        direct.run_id as direct_run_id,
        other.target_stage = direct.target_stage as same_recipe
    from described as other
    inner join described as direct
        on direct.plain
        and direct.source = other.source
        and direct.encoder = other.encoder
        and direct.encoder_fingerprint is not distinct from other.encoder_fingerprint
        and direct.data_source is not distinct from other.data_source
        and direct.target = other.target
        and direct.seed is not distinct from other.seed
    where not other.plain
    qualify row_number() over (
        partition by other.run_id
        order by same_recipe desc nulls last, direct.started_at, direct.run_id
    ) = 1
)
select
    paired.run_id,
    paired.direct_run_id,
    paired.same_recipe,
    paired.source,
    paired.encoder,
    paired.encoder_fingerprint,
    paired.regime,
    paired.intermediate,
    paired.intermediate_language,
    paired.robust,
    paired.robust_stage,
    paired.target,
    paired.seed,
    score.task,
    score.split,
    score.language,
    score.perturbation,
    score.severity,
    score.noise_seed,
    score.metric,
    score.n,
    score.value,
    direct.value as direct_value,
    score.value - direct.value as gap
from paired
inner join score
    on score.run_id = paired.run_id
inner join score as direct
    on direct.run_id = paired.direct_run_id
    and direct.task = score.task
    and direct.split = score.split
    and direct.language = score.language
    and direct.perturbation = score.perturbation
    and direct.severity = score.severity
    and direct.noise_seed = score.noise_seed
    and direct.metric = score.metric
    and direct.n is not distinct from score.n
