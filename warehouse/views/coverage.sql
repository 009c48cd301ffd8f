-- One row per run and cell that it should have: every cell that any run of the same source, data and target has.
-- task: task evaluated
-- status: present; no_value (error says why: not applicable, failed); missing
-- error: why there is no value
with held as (
    select
        run_id,
        task,
        split,
        language,
        perturbation,
        severity,
        noise_seed,
        count(value) > 0 as present,
        any_value(error) as error
    from score
    group by run_id, task, split, language, perturbation, severity, noise_seed
),
counted as (
    select
        run.source,
        run.data_source,
        run.target,
        held.task,
        held.split,
        held.language,
        held.perturbation,
        held.severity,
        held.noise_seed,
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
lacked as (
    select
        run.run_id,
        counted.task,
        counted.split,
        counted.language,
        counted.perturbation,
        counted.severity,
        counted.noise_seed
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
    anti join held
        on held.run_id = run.run_id
        and held.task = counted.task
        and held.split = counted.split
        and held.language = counted.language
        and held.perturbation = counted.perturbation
        and held.severity = counted.severity
        and held.noise_seed = counted.noise_seed
),
cells as (
    select
        run_id,
        task,
        split,
        language,
        perturbation,
        severity,
        noise_seed,
        case when present then 'present' else 'no_value' end as status,
        case when not present then error end as error
    from held
    union all by name
    select
        *,
        'missing' as status
    from lacked
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
    cells.task,
    cells.split,
    cells.language,
    cells.perturbation,
    cells.severity,
    cells.noise_seed,
    cells.status,
    cells.error
from cells
inner join run using (run_id)
