-- One row per run, metric of a task, split and language: mean over perturbations of its corruption errors (mCE), controls left out.
-- task: task evaluated
-- direct_runs: fewest runs of regime direct that are the reference of a perturbation
-- perturbations: perturbations in mce; compare equal numbers
-- mce: mean over perturbations of corruption_error; below 1 is more robust than direct
-- relative_perturbations: perturbations in relative_mce
-- relative_mce: mean over perturbations of relative_corruption_error: robust beyond a better clean score
select
    corruption_error.run_id,
    corruption_error.source,
    corruption_error.encoder,
    corruption_error.encoder_fingerprint,
    corruption_error.regime,
    corruption_error.intermediate,
    corruption_error.intermediate_language,
    corruption_error.robust,
    corruption_error.robust_stage,
    corruption_error.target,
    corruption_error.seed,
    corruption_error.task,
    corruption_error.split,
    corruption_error.language,
    corruption_error.metric,
    min(corruption_error.direct_runs) as direct_runs,
    count(corruption_error.corruption_error) as perturbations,
    avg(corruption_error.corruption_error) as mce,
    count(corruption_error.relative_corruption_error) as relative_perturbations,
    avg(corruption_error.relative_corruption_error) as relative_mce
from corruption_error
left join perturbation
    on perturbation.perturbation = corruption_error.perturbation
where not coalesce(perturbation.control, false)
group by all
