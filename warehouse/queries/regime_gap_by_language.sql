-- One row per encoder, regime, task, split and language: mean paired difference to direct, clean and perturbed, on the headline metric.
-- param perturbation = null: only this perturbation (controls are left out when null)
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
    regime_gap.language,
    count(distinct regime_gap.seed) as seeds,
    avg(regime_gap.gap) filter (where regime_gap.perturbation = 'clean') as clean_gap,
    avg(regime_gap.gap) filter (where regime_gap.perturbation <> 'clean') as perturbed_gap,
    avg(regime_gap.gap) filter (where regime_gap.perturbation <> 'clean')
        - avg(regime_gap.gap) filter (where regime_gap.perturbation = 'clean') as difference
from regime_gap
inner join task
    on task.task = regime_gap.task
    and task.metric = regime_gap.metric
left join perturbation
    on perturbation.perturbation = regime_gap.perturbation
where regime_gap.gap is not null
    and not coalesce(perturbation.control, false)
    and ($perturbation::varchar is null or regime_gap.perturbation in ('clean', $perturbation))
    and ($task::varchar is null or regime_gap.task = $task)
group by all
order by
    regime_gap.task, regime_gap.split, regime_gap.encoder, regime_gap.regime, regime_gap.intermediate,
    regime_gap.intermediate_language, regime_gap.robust, regime_gap.robust_stage,
    regime_gap.language
