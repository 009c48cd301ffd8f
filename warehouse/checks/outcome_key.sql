-- A cell in which an example is there more than once.
-- param first: id of the first run of a batch
-- param next: id of the first run after it, or NULL
select
    columns(cell_key()),
    count(*) as outcomes,
    count(distinct example_id) as examples
from outcome
where run_id >= $first
    and ($next is null or run_id < $next)
group by all
having count(*) <> count(distinct example_id)
