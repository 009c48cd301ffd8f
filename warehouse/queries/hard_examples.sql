-- One row per example, the hardest first: mean result over runs, clean and perturbed.
-- param task: the task
-- param language: the language
-- param split = test: the split
-- param limit = 20: rows shown
select
    example_id,
    count(distinct run_id) as runs,
    avg(correct) filter (where perturbation = 'clean') as clean,
    avg(correct) filter (where perturbation <> 'clean') as perturbed,
    count(*) as outcomes
from outcome
where task = $task
    and language = $language
    and split = $split
group by example_id
order by clean, perturbed, example_id
limit $limit::bigint
