-- One row per encoder, regime, task, split, attack with its settings, and budget: mean over runs and languages of what their own adversarial texts do.
-- param attack = null: only this attack
-- param language = null: only this language
-- param task = null: only this task
select
    encoder,
    regime,
    intermediate,
    intermediate_language,
    robust,
    robust_stage,
    task,
    split,
    attack,
    settings,
    budget,
    count(distinct run_id) as runs,
    count(distinct language) as languages,
    sum(n)::bigint as examples,
    avg(clean_accuracy) as clean_accuracy,
    avg(attack_success_rate) as attack_success_rate,
    avg(robust_accuracy) as robust_accuracy,
    avg(median_queries) as median_queries
from attack_success
where victim_run_id = run_id
    and error is null
    and ($attack::varchar is null or attack = $attack)
    and ($language::varchar is null or language = $language)
    and ($task::varchar is null or task = $task)
group by all
order by task, split, attack, settings, budget, encoder, regime, intermediate, intermediate_language, robust, robust_stage
