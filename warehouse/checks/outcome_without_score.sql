-- A cell that has outcomes but no score with a value.
with measured as (
    select
        columns(cell_key()),
        count(*) as outcomes
    from outcome
    group by all
),
scored as (
    select
        columns(cell_key())
    from score
    where value is not null
)
select
    *
from measured
natural anti join scored
