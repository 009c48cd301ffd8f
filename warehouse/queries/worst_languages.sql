-- One row per encoder, task, split and language, the worst first: mean over runs of the worst case over all perturbations of risk none and low.
-- param regime = null: only this regime
-- param task = null: only this task
-- param limit = 20: rows shown
select
    worst_case.encoder,
    worst_case.task,
    worst_case.split,
    worst_case.language,
    language.name,
    language.script,
    count(*) as runs,
    avg(worst_case.perturbations) as perturbations,
    avg(worst_case.clean_value) as clean,
    avg(worst_case.value) as worst_case,
    avg(worst_case.drop) as "drop"
from worst_case
left join language
    on language.code = worst_case.language
where ($regime::varchar is null or worst_case.regime = $regime)
    and ($task::varchar is null or worst_case.task = $task)
group by all
order by worst_case, worst_case.encoder, worst_case.task, worst_case.split, worst_case.language
limit $limit::bigint
