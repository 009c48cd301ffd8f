-- One row per metric of one perturbed cell of one run: how far it lies from what its clean score foretells (Taori et al. 2020), on the logit scale.
-- task: task evaluated
-- clean_value: score on the same examples without the perturbation
-- clean_logit: empirical log odds of clean_value
-- logit: empirical log odds of value
-- reference_runs: runs of regime direct without robust training, of any encoder, on the same data and cell: the line goes through their points
-- slope: of the line of logit on clean_logit by least squares; NULL below three reference runs or when their clean scores are all the same
-- expected_logit: the line at clean_logit
-- effective_robustness: logit - expected_logit, positive when more is kept than a better clean score explains
with point as (
    select
        robustness.*,
        run.data_source,
        robustness.regime = 'direct' and robustness.robust = 'none' as reference,
        empirical_logit(robustness.clean_value, robustness.n) as clean_logit,
        empirical_logit(robustness.value, robustness.n) as logit
    from robustness
    inner join run using (run_id)
    where robustness.drop is not null
),
line as (
    select
        source,
        data_source,
        task,
        split,
        language,
        perturbation,
        severity,
        metric,
        count(distinct run_id) as runs,
        regr_slope(logit, clean_logit) as slope,
        avg(logit) as mean_logit,
        avg(clean_logit) as mean_clean_logit
    from point
    where reference
    group by source, data_source, task, split, language, perturbation, severity, metric
    having count(distinct run_id) >= 3
)
select
    point.run_id,
    point.source,
    point.encoder,
    point.encoder_fingerprint,
    point.regime,
    point.intermediate,
    point.intermediate_language,
    point.robust,
    point.robust_stage,
    point.target,
    point.seed,
    point.task,
    point.split,
    point.language,
    point.perturbation,
    point.severity,
    point.noise_seed,
    point.metric,
    point.n,
    point.clean_value,
    point.value,
    point.clean_logit,
    point.logit,
    coalesce(line.runs, 0) as reference_runs,
    line.slope,
    line.mean_logit + line.slope * (point.clean_logit - line.mean_clean_logit) as expected_logit,
    point.logit - line.mean_logit - line.slope * (point.clean_logit - line.mean_clean_logit) as effective_robustness
from point
left join line
    on line.source = point.source
    and line.data_source is not distinct from point.data_source
    and line.task = point.task
    and line.split = point.split
    and line.language = point.language
    and line.perturbation = point.perturbation
    and line.severity = point.severity
    and line.metric = point.metric
