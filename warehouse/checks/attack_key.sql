-- An attack, an example of one, or a radius that is there more than once.
with key as (
    select
        'attack' as table_name,
        run_id,
        task,
        split,
        language,
        attack,
        settings,
        seed,
        budget,
        victim_run_id,
        null as example_id,
        null as radius
    from attack
    union all
    select
        'attack_outcome' as table_name,
        run_id,
        task,
        split,
        language,
        attack,
        settings,
        seed,
        budget,
        victim_run_id,
        example_id,
        null as radius
    from attack_outcome
    union all
    select
        'embedding_attack' as table_name,
        run_id,
        task,
        split,
        language,
        attack,
        settings,
        seed,
        null as budget,
        null as victim_run_id,
        null as example_id,
        radius
    from embedding_attack
)
select
    table_name,
    run_id,
    task,
    split,
    language,
    attack,
    settings,
    seed,
    budget,
    victim_run_id,
    example_id,
    radius,
    count(*) as times
from key
group by all
having count(*) > 1
