-- A stage, a logged step or a retriever that is there more than once.
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
union all
select
    'retriever' as table_name,
    run_id,
    null as position,
    null as step,
    count(*) as times
from retriever
group by run_id, task
having count(*) > 1
