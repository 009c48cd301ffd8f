-- A run and table whose number of rows is not what the ledger says was taken in (published runs: see published).
with counted as (
    select
        run_id,
        'stage' as table_name,
        count(*) as rows
    from stage
    group by run_id
    union all
    select
        run_id,
        'score' as table_name,
        count(*) as rows
    from score
    group by run_id
    union all
    select
        run_id,
        'outcome' as table_name,
        count(*) as rows
    from outcome
    group by run_id
    union all
    select
        run_id,
        'training_log' as table_name,
        count(*) as rows
    from training_log
    group by run_id
    union all
    select
        run_id,
        'retriever' as table_name,
        count(*) as rows
    from retriever
    group by run_id
    union all
    select
        run_id,
        'pointwise_information' as table_name,
        count(*) as rows
    from pointwise_information
    group by run_id
    union all
    select
        run_id,
        'attack' as table_name,
        count(*) as rows
    from attack
    group by run_id
    union all
    select
        run_id,
        'attack_outcome' as table_name,
        count(*) as rows
    from attack_outcome
    group by run_id
    union all
    select
        run_id,
        'embedding_attack' as table_name,
        count(*) as rows
    from embedding_attack
    group by run_id
),
taken_in as (
    select
        run_id,
        table_name,
        sum(rows)::bigint as rows
    from shard
    where table_name not in ('run', 'encoder')
    group by run_id, table_name
)
select
    run_id,
    table_name,
    coalesce(counted.rows, 0) as rows,
    coalesce(taken_in.rows, 0) as taken_in
from counted
full join taken_in using (run_id, table_name)
left join run using (run_id)
where coalesce(counted.rows, 0) <> coalesce(taken_in.rows, 0)
    and coalesce(run.source, '') not in (select 'published:' || table_name from published_table)
