-- A run whose stages are not numbered 0, 1, 2, ... or do not end with the target stage, if its target has training data.
select
    stage.run_id,
    count(*) as stages,
    min(stage.position) as first_position,
    max(stage.position) as last_position,
    arg_max(stage.role, stage.position) as last_role
from stage
left join run
    on run.run_id = stage.run_id
left join task
    on task.task = run.target
group by stage.run_id
having min(stage.position) <> 0
    or max(stage.position) <> count(*) - 1
    or (
        arg_max(stage.role, stage.position) is distinct from 'target'
        -- a retriever has no head: without training data of its task the intermediate task is all that trains it
        and not coalesce(any_value(task.kind = 'retrieval' and coalesce(task.trained_on, '') = ''), false)
    )
