-- One row per run compared: what made it, how it ended, and one hash over its files.
files as (
    select
        run_id,
        count(*) as shards,
        sha256(string_agg(sha256, ',' order by sha256)) as shards_sha256
    from shard
    group by run_id
),
hardness as (  -- of the last intermediate stage
    select
        run_id,
        coalesce(arg_max(unsolved, position), arg_max(error_rate, position)) as unsolved,
        arg_max(error_rate, position) as error_rate,
        arg_max(train_loss, position) as train_loss,
        arg_max(unexplained, position) as unexplained,
        arg_max(steps_to_90, position) as steps_to_90,
        arg_max(train_examples, position) as train_examples
    from difficulty
    group by run_id
)
select
    compared.regime,
    run.run_id,
    run.target,
    run.intermediate,
    run.intermediate_language,
    run.seed,
    run.status,
    run.error,
    run.encoder,
    run.encoder_fingerprint,
    run.data_source,
    run.code_version,
    run.versions,
    run.config,
    run.device,
    run.started_at,
    run.seconds,
    hardness.unsolved,
    hardness.error_rate,
    hardness.train_loss,
    hardness.unexplained,
    hardness.steps_to_90,
    hardness.train_examples,
    coalesce(files.shards, 0) as shards,
    files.shards_sha256
from compared
inner join run
    on run.run_id = compared.run_id
left join files
    on files.run_id = run.run_id
left join hardness
    on hardness.run_id = run.run_id
order by
    compared.regime,
    run.target,
    run.intermediate,
    run.seed,
    run.run_id
