-- One row per regime, intermediate task, target, split and perturbation: cells that are there, that have no value, and that are missing.
-- param target = null: only this target task
select
    target,
    regime,
    intermediate,
    robust,
    split,
    perturbation,
    count(distinct run_id) as runs,
    count(distinct language) as languages,
    count(*) as expected,
    count(*) filter (where status = 'present') as present,
    count(*) filter (where status = 'no_value') as no_value,
    count(*) filter (where status = 'missing') as missing
from coverage
where $target::varchar is null or target = $target
group by target, regime, intermediate, robust, split, perturbation
order by target, regime, intermediate, robust, split, perturbation = 'clean' desc, perturbation
