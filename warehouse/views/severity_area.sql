-- One row per run, metric of a task, split, language, perturbation and noise seed: its severity curve in a number.
-- task: task evaluated
-- levels: severities in it, 0 not counted; compare equal numbers
-- clean_value: score at severity 0
-- mean_value: mean score over the severities, 0 left out (as on ImageNet-C)
-- drop: clean_value - mean_value
-- largest_rate: edits / eligible units at the highest severity, as realised
-- area: trapezoid area under the score over the realised edit rate, from 0 to largest_rate; NULL when outcomes do not say the rate
-- value_over_rate: area / largest_rate: mean score along the edit rate, which does not depend on how many units a level edits
with point as (
    select
        robustness.*,
        cell_noise.realised_rate
    from robustness
    left join cell_noise
        using (run_id, task, split, language, perturbation, severity, noise_seed)
    where robustness.drop is not null
),
segment as (
    select
        *,
        value + coalesce(lag(value) over curve, clean_value) as heights,
        realised_rate - coalesce(lag(realised_rate) over curve, 0.0) as width
    from point
    window curve as (
        partition by run_id, task, split, language, perturbation, noise_seed, metric
        order by severity
    )
)
select
    run_id,
    source,
    encoder,
    encoder_fingerprint,
    regime,
    intermediate,
    intermediate_language,
    robust,
    robust_stage,
    target,
    seed,
    task,
    split,
    language,
    perturbation,
    noise_seed,
    metric,
    count(*) as levels,
    any_value(clean_value) as clean_value,
    avg(value) as mean_value,
    avg("drop") as "drop",
    max(realised_rate) as largest_rate,
    case when count(width) = count(*) then sum(heights / 2 * width) end as area,
    case when count(width) = count(*) then sum(heights / 2 * width) end / nullif(max(realised_rate), 0) as value_over_rate
from segment
group by all
