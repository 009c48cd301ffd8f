-- One row per perturbed cell of one run that has outcomes: how often noise changes the prediction, and whether for worse.
-- task: task evaluated
-- pairs: examples with a prediction both clean and perturbed
-- flip_rate: share of pairs whose prediction changed; the sum of the next three
-- negative: share of pairs whose prediction changed and whose result fell (right to wrong)
-- positive: share of pairs whose prediction changed and whose result rose (wrong to right)
-- lateral: share of pairs whose prediction changed and whose result did not (one wrong to another)
with pair as (
    select
        noisy.run_id,
        noisy.task,
        noisy.split,
        noisy.language,
        noisy.perturbation,
        noisy.severity,
        noisy.noise_seed,
        noisy.prediction <> clean.prediction as flipped,
        noisy.correct < clean.correct as fell,
        noisy.correct > clean.correct as rose
    from outcome as noisy
    inner join outcome as clean
        on clean.run_id = noisy.run_id
        and clean.task = noisy.task
        and clean.split = noisy.split
        and clean.language = noisy.language
        and clean.example_id = noisy.example_id
    where noisy.perturbation <> 'clean'
        and clean.perturbation = 'clean'
        and noisy.prediction is not null
        and clean.prediction is not null
)
select
    pair.run_id,
    run.source,
    run.encoder,
    run.encoder_fingerprint,
    run.regime,
    run.intermediate,
    run.intermediate_language,
    run.robust,
    run.robust_stage,
    run.target,
    run.seed,
    pair.task,
    pair.split,
    pair.language,
    pair.perturbation,
    pair.severity,
    pair.noise_seed,
    count(*) as pairs,
    count(*) filter (where pair.flipped) / count(*) as flip_rate,
    count(*) filter (where pair.flipped and pair.fell) / count(*) as negative,
    count(*) filter (where pair.flipped and pair.rose) / count(*) as positive,
    count(*) filter (where pair.flipped and not (pair.fell or pair.rose)) / count(*) as lateral
from pair
left join run using (run_id)
group by all
