-- A cell in which an example is there more than once.
select
    run_id,
    task,
    split,
    language,
    perturbation,
    severity,
    noise_seed,
    count(*) as outcomes,
    count(distinct example_id) as examples
from outcome
group by all
having count(*) <> count(distinct example_id)
