-- One row per encoder, regime, task, split, perturbation and severity (clean among them): mean paired difference to direct on the headline metric.
-- param language = null: only this language
-- param task = null: only this task
select
    regime_gap.encoder,
    regime_gap.regime,
    regime_gap.intermediate,
    regime_gap.intermediate_language,
    regime_gap.robust,
    regime_gap.robust_stage,
    regime_gap.task,
    regime_gap.split,
    regime_gap.perturbation,
    regime_gap.severity,
    count(distinct regime_gap.seed) as seeds,
    count(distinct regime_gap.language) as languages,
    count(regime_gap.gap) as pairs,
    avg(regime_gap.direct_value) as direct,
    avg(regime_gap.value) as value,
    avg(regime_gap.gap) as gap,
    avg((regime_gap.gap > 0)::int) as share_better
from regime_gap
inner join task
    on task.task = regime_gap.task
    and task.metric = regime_gap.metric
where regime_gap.gap is not null
    and ($language::varchar is null or regime_gap.language = $language)
    and ($task::varchar is null or regime_gap.task = $task)
group by
    regime_gap.encoder, regime_gap.regime, regime_gap.intermediate, regime_gap.intermediate_language,
    regime_gap.robust, regime_gap.robust_stage, regime_gap.task, regime_gap.split,
    regime_gap.perturbation, regime_gap.severity
order by
    regime_gap.task, regime_gap.split, regime_gap.encoder, regime_gap.regime, regime_gap.intermediate,
    regime_gap.intermediate_language, regime_gap.robust, regime_gap.robust_stage,
    regime_gap.perturbation = 'clean' desc, regime_gap.perturbation, regime_gap.severity
