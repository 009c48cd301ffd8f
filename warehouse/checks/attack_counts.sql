-- An attack whose counts are not those of its outcomes.
with counted as (
    select
        run_id,
        task,
        split,
        language,
        attack,
        settings,
        seed,
        budget,
        victim_run_id,
        count(*) as n,
        count(*) filter (where clean_right) as clean_right,
        count(*) filter (where fooled) as fooled,
        count(*) filter (where fooled and verified) as verified
    from attack_outcome
    group by all
)
select
    attack.run_id,
    attack.task,
    attack.split,
    attack.language,
    attack.attack,
    attack.settings,
    attack.seed,
    attack.budget,
    attack.victim_run_id,
    attack.n,
    counted.n as outcomes,
    attack.clean_right,
    attack.fooled,
    attack.verified
from attack
left join counted
    using (run_id, task, split, language, attack, settings, seed, budget, victim_run_id)
where attack.error is null
    and (attack.n, attack.clean_right, attack.fooled, attack.verified)
    is distinct from (
        coalesce(counted.n, 0),
        coalesce(counted.clean_right, 0),
        coalesce(counted.fooled, 0),
        coalesce(counted.verified, 0)
    )
