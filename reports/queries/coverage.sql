-- One row per regime, task and language: runs, cells with a value, and cells that some run has a value in and so should every one.
-- Expects the table expression compared(run_id, regime, language): the runs, and the one language each counts in, or null for all.
possible as (
    select distinct
        task,
        split,
        language,
        perturbation,
        severity,
        noise_seed
    from coverage
    where status = 'present'
)
select
    compared.regime,
    coverage.task,
    coverage.language,
    task.citation,
    count(distinct coverage.run_id) as runs,
    count(*) filter (where coverage.status = 'present') as scores,
    count(*) as expected
from coverage
inner join possible
    using (task, split, language, perturbation, severity, noise_seed)
inner join compared
    on compared.run_id = coverage.run_id
    and coverage.language = coalesce(compared.language, coverage.language)
left join task
    on task.task = coverage.task
group by all
order by
    compared.regime,
    coverage.task,
    coverage.language
