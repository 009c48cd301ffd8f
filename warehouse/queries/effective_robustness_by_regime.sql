-- One row per encoder, regime, task, split, perturbation and severity: how much more is kept than the clean score foretells, on the logit scale of the headline metric, over runs and languages.
-- param task = null: only this task
select
    effective_robustness.encoder,
    effective_robustness.regime,
    effective_robustness.intermediate,
    effective_robustness.intermediate_language,
    effective_robustness.robust,
    effective_robustness.robust_stage,
    effective_robustness.task,
    effective_robustness.split,
    effective_robustness.perturbation,
    effective_robustness.severity,
    count(distinct effective_robustness.run_id) as runs,
    count(distinct effective_robustness.language) as languages,
    min(effective_robustness.reference_runs) as fewest_reference_runs,
    avg(effective_robustness.clean_value) as clean,
    avg(effective_robustness.value) as value,
    avg(effective_robustness.effective_robustness) as effective_robustness
from effective_robustness
inner join task
    on task.task = effective_robustness.task
    and task.metric = effective_robustness.metric
where ($task::varchar is null or effective_robustness.task = $task)
group by all
order by effective_robustness.task, effective_robustness.split, effective_robustness.perturbation, effective_robustness.severity, effective_robustness.encoder, effective_robustness.regime, effective_robustness.intermediate, effective_robustness.intermediate_language, effective_robustness.robust, effective_robustness.robust_stage
