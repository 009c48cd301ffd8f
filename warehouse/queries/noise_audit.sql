-- One row per task, split, perturbation, severity and language: what the noise did to the texts, so that a no-op is visible.
-- param perturbation = null: only this perturbation
-- param task = null: only this task
select
    task,
    split,
    perturbation,
    severity,
    language,
    any_value(rate) as intended_rate,
    sum(edits) / nullif(sum(eligible), 0) as realised_rate,
    sum(unchanged_share * n) / sum(n) as unchanged_share,
    sum(token_unchanged_share * n) / sum(n) filter (where token_unchanged_share is not null) as token_unchanged_share,
    sum(tokens) filter (where clean_tokens is not null) / nullif(sum(clean_tokens), 0) as fertility
from cell_noise
where ($perturbation::varchar is null or perturbation = $perturbation)
    and ($task::varchar is null or task = $task)
group by task, split, perturbation, severity, language
order by task, split, perturbation, severity, language
