-- One row per gain of English intermediate training that a source prints or that follows from two of its averages; editions stay apart.
-- param task = null: only this target task
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
),
gain as (
    select
        intermediate_task as intermediate,
        target_task as target,
        split,
        null as metric,
        null as stilts,
        null as direct,
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
)
select
    *
from gain
where $task::varchar is null or target = $task
order by how = 'printed' desc, target, metric, edition, gain desc
