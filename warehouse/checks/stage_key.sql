-- A stage, a logged step, a retriever or an example of information that is there more than once.
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
union all
select
    'pointwise_information' as table_name,
    run_id,
    position,
    null as step,
    count(*) as times
from pointwise_information
group by run_id, position, task, split, language, example_id
having count(*) > 1
