-- One row per encoder, way of training, language, noise and capability of the behavioural tests: share of items answered exactly.
-- param language = null: only this language
select
    run_flat.encoder,
    run_flat.regime,
    run_flat.intermediate,
    run_flat.intermediate_language,
    run_flat.robust,
    run_flat.robust_stage,
    outcome.language,
    outcome.perturbation,
    outcome.severity,
    split_part(outcome.example_id, '-', 1) as capability,
    count(distinct outcome.run_id) as runs,
    count(*) as items,
    avg(outcome.exact) as answered
from outcome
inner join run_flat using (run_id)
where outcome.task = 'behaviour'
    and ($language::varchar is null or outcome.language = $language)
group by all
order by all
