-- A cell that has outcomes but no score with a value.
select
    run_id,
    task,
    split,
    language,
    perturbation,
    severity,
    noise_seed,
    count(*) as outcomes
from outcome
anti join (from score where value is not null) as score
    using (run_id, task, split, language, perturbation, severity, noise_seed)
group by all
