-- A perturbed score without its clean twin, or with one on another number of examples.
select
    noisy.* exclude (value, unchanged, error),
    clean.n as clean_n
from score as noisy
left join score as clean
    on clean.run_id = noisy.run_id
    and clean.task = noisy.task
    and clean.split = noisy.split
    and clean.language = noisy.language
    and clean.metric = noisy.metric
    and clean.perturbation = 'clean'
where noisy.perturbation <> 'clean'
    and noisy.value is not null
    and (clean.value is null or clean.n is distinct from noisy.n)
