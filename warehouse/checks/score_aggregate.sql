-- A score that is not what its outcomes give (to 1e-12), counts other examples than they do, or has none.
with summed as (
    select
        columns(cell_key()),
        count(*) as outcomes,
        count(*) filter (where not changed) as outcomes_unchanged,
        favg(correct) as mean_correct,
        favg(exact) as mean_exact,
        fsum(correct * units) / nullif(sum(units), 0) as unit_correct,
        case
            when sum(predicted) + sum(gold) = 0 then 0
            else 2 * sum(hits) / (sum(predicted) + sum(gold))
        end as count_f1
    from outcome
    group by all
),
compared as (
    select
        score.* exclude (error),
        case metric.aggregate
            when 'mean_correct' then summed.mean_correct
            when 'mean_exact' then summed.mean_exact
            when 'unit_correct' then summed.unit_correct
            when 'count_f1' then summed.count_f1
        end as from_outcomes,
        summed.outcomes,
        summed.outcomes_unchanged
    from score
    natural left join summed
    inner join run using (run_id)
    left join metric using (metric)
    where score.value is not null
        and (run.source = 'xtb' or (summed.run_id is not null and metric.aggregate <> 'none'))
)
select
    *
from compared
where from_outcomes is null
    or abs(value - from_outcomes) > 1e-12
    or n is distinct from outcomes
    or unchanged is distinct from outcomes_unchanged
