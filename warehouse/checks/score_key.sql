-- A score that is there more than once.
select
    columns(cell_key()),
    metric,
    count(*) as times
from score
group by all
having count(*) > 1
