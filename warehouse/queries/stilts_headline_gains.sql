-- One row per gain of English intermediate training that a source prints or that follows from two of its averages; editions stay apart.
-- param task = null: only this target task
select
    *
from printed_gain
where $task::varchar is null or target = $task
order by how = 'printed' desc, target, metric, edition, gain desc
