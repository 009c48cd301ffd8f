-- An attack whose counts are not those of its outcomes.
with counted as (
    select
        columns(attack_key()),
        count(*) as outcomes,
        count(*) filter (where clean_right) as outcomes_right,
        count(*) filter (where fooled) as outcomes_fooled,
        count(*) filter (where fooled and verified) as outcomes_verified
    from attack_outcome
    group by all
)
select
    columns(attack_key()),
    attack.n,
    counted.outcomes,
    attack.clean_right,
    counted.outcomes_right,
    attack.fooled,
    counted.outcomes_fooled,
    attack.verified,
    counted.outcomes_verified
from attack
natural left join counted
where attack.error is null
    and (attack.n, attack.clean_right, attack.fooled, attack.verified)
    is distinct from (
        coalesce(counted.outcomes, 0),
        coalesce(counted.outcomes_right, 0),
        coalesce(counted.outcomes_fooled, 0),
        coalesce(counted.outcomes_verified, 0)
    )
