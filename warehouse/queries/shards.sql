-- One row per run and table: files taken in, their rows, and when.
-- param run = null: only runs whose id begins like this
select
    run_id,
    table_name,
    count(*) as files,
    sum(rows)::bigint as rows,
    min(loaded_at)::timestamp as first_loaded_utc,
    max(loaded_at)::timestamp as last_loaded_utc
from shard
where $run::varchar is null or starts_with(run_id, $run)
group by all
order by run_id, table_name
