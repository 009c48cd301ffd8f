-- One row per run: what it is, how its training went, and how many scores it has.
-- param regime = null: only this regime
-- param target = null: only this target task
select
    run_flat.run_id,
    run_flat.source,
    run_flat.encoder,
    run_flat.regime,
    run_flat.intermediate,
    run_flat.robust,
    run_flat.target,
    run_flat.seed,
    run_flat.status,
    run_flat.intermediate_dev_score,
    run_flat.target_dev_score,
    count(score.run_id) as scores,
    count(score.value) as scores_with_value,
    run_flat.seconds,
    run_flat.started_at::timestamp as started_at_utc
from run_flat
left join score using (run_id)
where ($regime::varchar is null or run_flat.regime = $regime)
    and ($target::varchar is null or run_flat.target = $target)
group by all
order by run_flat.target, run_flat.regime, run_flat.intermediate, run_flat.robust, run_flat.seed, run_flat.run_id
