-- One row per task, split, perturbation, severity and language: two runs on the examples both have, and how often only one is right; of an example under several noise seeds the mean counts.
-- param a: id of the first run, or its beginning: of several such runs the first by id
-- param b: the same of the second run
with pair as (
    select
        one.task,
        one.split,
        one.perturbation,
        one.severity,
        one.language,
        one.example_id,
        avg(one.correct) as a,
        avg(two.correct) as b
    from outcome as one
    inner join outcome as two
        on two.task = one.task
        and two.split = one.split
        and two.language = one.language
        and two.perturbation = one.perturbation
        and two.severity = one.severity
        and two.noise_seed = one.noise_seed
        and two.example_id = one.example_id
    where one.run_id = (select min(run_id) from run where starts_with(run_id, $a))
        and two.run_id = (select min(run_id) from run where starts_with(run_id, $b))
    group by all
)
select
    task,
    split,
    perturbation,
    severity,
    language,
    count(*) as examples,
    avg(a) as a,
    avg(b) as b,
    avg(a - b) as difference,
    stddev_samp(a - b) / sqrt(count(*)) as standard_error,
    count(*) filter (where a > b) as a_better,
    count(*) filter (where a < b) as b_better
from pair
group by all
order by task, split, perturbation, severity, language
