-- A stage that two runs share under one stage_id, but with another task, data or score.
select
    stage_id,
    count(distinct run_id) as runs,
    count(distinct (task, languages, perturbation, severity, robust, train_examples, steps, dev_score)) as different
from stage
where stage_id is not null
group by stage_id
having count(distinct (task, languages, perturbation, severity, robust, train_examples, steps, dev_score)) > 1
