-- One row per way of training, language, noise and capability of the behavioural tests: share of items answered exactly.
-- param language = null: only this language
select
    run_flat.regime,
    run_flat.intermediate,
    outcome.language,
    outcome.perturbation,
    outcome.severity,
    split_part(outcome.example_id, '-', 1) as capability,
    count(distinct outcome.run_id) as runs,
    count(*) as items,
    avg(outcome.exact) as answered
from outcome
join run_flat using (run_id)
where outcome.task = 'behaviour'
    and ($language is null or outcome.language = $language)
group by all
order by all
