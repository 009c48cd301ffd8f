-- A score that is there more than once.
select
    run_id,
    task,
    split,
    language,
    perturbation,
    severity,
    noise_seed,
    metric,
    count(*) as times
from score
group by all
having count(*) > 1
