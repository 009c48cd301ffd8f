-- One row per gain of English intermediate training that a source prints or that follows from two of its averages; editions stay apart.
-- intermediate: intermediate task as printed; not stated for the leaderboard's entry
-- target: task, or the average, that gains
-- metric: NULL for averages over tasks that a text states
-- stilts: printed average with intermediate training, percent
-- direct: printed average of XLM-R Large without, percent
-- gain: points of 100
-- how: printed, or computed from two printed averages of one table
-- edition: version of the paper, or table that both averages stand in
with leaderboard as (
    select
        table_name,
        source,
        url,
        part,
        coalesce(task, target_task) as target,
        metric,
        split,
        max(value) filter (where regime = 'stilts') as stilts,
        max(value) filter (where regime = 'direct' and encoder in ('XLM-R Large', 'XLM-R')) as direct
    from published
    where table_name in ('rembert_2010.12821_xtreme_leaderboard', 'mt5_readme_xtreme')
    group by all
)
select
    intermediate_task as intermediate,
    target_task as target,
    split,
    null::varchar as metric,
    null::double as stilts,
    null::double as direct,
    value as gain,
    'printed' as how,
    edition,
    source,
    url
from published
where scale = 'points'
union all
select
    'not stated' as intermediate,
    target,
    split,
    metric,
    stilts,
    direct,
    round(stilts - direct, 6) as gain,
    'X-STILTs less XLM-R Large' as how,
    concat_ws(', ', table_name, part) as edition,
    source,
    url
from leaderboard
where stilts is not null
    and direct is not null
