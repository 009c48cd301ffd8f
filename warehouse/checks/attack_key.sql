-- An attack, an example of one, or a radius that is there more than once.
with key as (
    select
        'attack' as table_name,
        columns(attack_key())
    from attack
    union all by name
    select
        'attack_outcome' as table_name,
        columns(attack_key()),
        example_id
    from attack_outcome
    union all by name
    select
        'embedding_attack' as table_name,
        columns(list_filter(attack_key(), lambda name: name not in ('budget', 'victim_run_id'))),
        radius
    from embedding_attack
)
select
    *,
    count(*) as times
from key
group by all
having count(*) > 1
