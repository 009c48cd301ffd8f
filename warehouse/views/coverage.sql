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
expected as (
    select distinct
        run.source,
        run.data_source,
        run.target,
        held.task,
        held.split,
        held.language,
        held.perturbation,
        held.severity,
        held.noise_seed
    from held
    inner join run using (run_id)
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
    expected.task,
    expected.split,
    expected.language,
    expected.perturbation,
    expected.severity,
    expected.noise_seed,
    case
        when held.present then 'present'
        when held.run_id is not null then 'no_value'
        else 'missing'
    end as status,
    case when not held.present then held.error end as error
from run
inner join expected
    on expected.source = run.source
    and expected.data_source is not distinct from run.data_source
    and expected.target = run.target
left join held
    on held.run_id = run.run_id
    and held.task = expected.task
    and held.split = expected.split
    and held.language = expected.language
    and held.perturbation = expected.perturbation
    and held.severity = expected.severity
    and held.noise_seed = expected.noise_seed
