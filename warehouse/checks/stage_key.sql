-- A stage or a logged step that is there more than once.
select
    'stage' as table_name,
    run_id,
    position,
    null::bigint as step,
    count(*) as times
from stage
group by all
having count(*) > 1
union all
select
    'training_log' as table_name,
    run_id,
    position,
    step,
    count(*) as times
from training_log
group by all
having count(*) > 1
