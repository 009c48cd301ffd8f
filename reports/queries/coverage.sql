-- One row per regime, task and language: runs, cells with a value, and cells that some run has a value in and so should every one.
-- Expects the table expression compared(run_id, regime, language): the runs, and the one language each counts in, or null for all.
peers as (  -- runs of the same source, data and target, which should have the same cells
    select
        source,
        data_source,
        target,
        list(run_id) as run_ids,
        row_number() over () as peers
    from run
    group by source, data_source, target
),
member as (
    select
        peers,
        unnest(run_ids) as run_id
    from peers
),
met as (
    select
        member.peers,
        score.task,
        score.split,
        score.language,
        score.perturbation,
        score.severity,
        score.noise_seed,
        count(score.value) > 0 as present
    from score
    inner join member
        on member.run_id = score.run_id
    group by all
),
wanted as (
    select
        peers,
        task,
        language,
        count(*) as cells
    from met
    where exists (
        from met as other
        where other.present
            and other.task = met.task
            and other.split = met.split
            and other.language = met.language
            and other.perturbation = met.perturbation
            and other.severity = met.severity
            and other.noise_seed = met.noise_seed
    )
    group by all
),
expected as (
    select
        compared.regime,
        wanted.task,
        wanted.language,
        count(distinct compared.run_id) as runs,
        sum(wanted.cells) as cells
    from compared
    inner join member
        on member.run_id = compared.run_id
    inner join wanted
        on wanted.peers = member.peers
        and wanted.language = coalesce(compared.language, wanted.language)
    group by all
),
had as (  -- a cell may have several metrics
    select distinct
        compared.regime,
        score.run_id,
        score.task,
        score.split,
        score.language,
        score.perturbation,
        score.severity,
        score.noise_seed
    from score
    inner join compared
        on compared.run_id = score.run_id
        and score.language = coalesce(compared.language, score.language)
    where score.value is not null
),
scores as (
    select
        regime,
        task,
        language,
        count(*) as cells
    from had
    group by all
)
select
    expected.regime,
    expected.task,
    expected.language,
    task.citation,
    expected.runs,
    coalesce(scores.cells, 0) as scores,
    expected.cells as expected
from expected
left join scores
    on scores.regime = expected.regime
    and scores.task = expected.task
    and scores.language = expected.language
left join task
    on task.task = expected.task
order by
    expected.regime,
    expected.task,
    expected.language
