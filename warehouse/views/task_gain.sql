-- One row per run that is not the plain direct one, task and split: its clean task score beside that of the direct run it pairs with.
-- direct_run_id: as in regime_gap
-- task: task evaluated
-- same_recipe: as in regime_gap
-- own_target: was the run fine-tuned as this task asks (its target, or one with the same training data)?
-- languages: languages that both runs have; the task score is their unweighted mean, English included
-- value: task score: headline metric (span tasks: mean of F1 and exact match)
-- direct_value: the same of the direct run
-- gain: value - direct_value
with by_language as (
    select
        regime_gap.run_id,
        regime_gap.direct_run_id,
        regime_gap.source,
        regime_gap.data_source,
        regime_gap.encoder,
        regime_gap.encoder_fingerprint,
        regime_gap.regime,
        regime_gap.intermediate,
        regime_gap.intermediate_language,
        regime_gap.robust,
        regime_gap.target,
        regime_gap.seed,
        regime_gap.same_recipe,
        regime_gap.task,
        regime_gap.split,
        regime_gap.language,
        task.trained_on,
        avg(regime_gap.value) as value,
        avg(regime_gap.direct_value) as direct_value
    from (
        select
            regime_gap.*,
            run.data_source
        from regime_gap
        inner join run using (run_id)
    ) as regime_gap
    inner join task
        on task.task = regime_gap.task
        and (task.metric = regime_gap.metric or task.kind = 'span')
    where regime_gap.perturbation = 'clean'
        and regime_gap.gap is not null
    group by all
)
select
    by_language.run_id,
    by_language.direct_run_id,
    by_language.source,
    by_language.data_source,
    by_language.encoder,
    by_language.encoder_fingerprint,
    by_language.regime,
    by_language.intermediate,
    by_language.intermediate_language,
    by_language.robust,
    by_language.target,
    by_language.seed,
    by_language.same_recipe,
    by_language.task,
    by_language.split,
    any_value(
        by_language.target = by_language.task
        or coalesce(aim.trained_on = by_language.trained_on, false)
    ) as own_target,
    count(*) as languages,
    avg(by_language.value) as value,
    avg(by_language.direct_value) as direct_value,
    avg(by_language.value - by_language.direct_value) as gain
from by_language
left join task as aim
    on aim.task = by_language.target
group by all
