-- One row per task, split, perturbation, severity and language: two runs on the examples both have, and how often only one is right.
-- param a: beginning of the id of the first run
-- param b: beginning of the id of the second run
select
    one.task,
    one.split,
    one.perturbation,
    one.severity,
    one.language,
    count(*) as examples,
    avg(one.correct) as a,
    avg(two.correct) as b,
    avg(one.correct - two.correct) as difference,
    stddev_samp(one.correct - two.correct) / sqrt(count(*)) as standard_error,
    count(*) filter (where one.correct > two.correct) as a_better,
    count(*) filter (where one.correct < two.correct) as b_better
from outcome as one
inner join outcome as two
    on two.task = one.task
    and two.split = one.split
    and two.language = one.language
    and two.perturbation = one.perturbation
    and two.severity = one.severity
    and two.noise_seed = one.noise_seed
    and two.example_id = one.example_id
where starts_with(one.run_id, $a)
    and starts_with(two.run_id, $b)
group by all
order by one.task, one.split, one.perturbation, one.severity, one.language
