-- One row per run and cell that it should have: every cell that any run of the same source, data and target has.
-- task: task evaluated
-- status: present; no_value (error says why: not applicable, failed); missing
-- error: why there is no value
with held as (
    select
        columns(cell_key()),
        count(value) > 0 as present,
        any_value(error) as error
    from score
    group by all
),
counted as (
    select
        run.source,
        run.data_source,
        run.target,
        held.* exclude (run_id, present, error),
        count(*) as runs
    from held
    inner join run using (run_id)
    group by all
),
peers as (
    select
        source,
        data_source,
        target,
        count(*) as runs
    from run
    group by all
),
-- only the cells that some run of the group lacks: where all is done, there are none, and no join to pay for
wanted as (
    select
        run.run_id,
        counted.* exclude (source, data_source, target, runs)
    from counted
    inner join peers
        on peers.source = counted.source
        and peers.data_source is not distinct from counted.data_source
        and peers.target = counted.target
        and peers.runs > counted.runs
    inner join run
        on run.source = counted.source
        and run.data_source is not distinct from counted.data_source
        and run.target = counted.target
),
cells as (
    select
        columns(cell_key()),
        case when present then 'present' else 'no_value' end as status,
        case when not present then error end as error
    from held
    union all by name
    select
        *,
        'missing' as status
    from wanted
    natural anti join held
)
select
    run.run_id,
    run.source,
    run.encoder,
    run.regime,
    run.intermediate,
    run.robust,
    run.target,
    run.seed,
    cells.* exclude (run_id)
from cells
inner join run using (run_id)
