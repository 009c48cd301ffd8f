-- A run whose stages are not numbered 0, 1, 2, ... or do not end with the target stage.
select
    run_id,
    count(*) as stages,
    min(position) as first_position,
    max(position) as last_position,
    arg_max(role, position) as last_role
from stage
group by run_id
having min(position) <> 0
    or max(position) <> count(*) - 1
    or arg_max(role, position) is distinct from 'target'
