-- A table of published numbers that is not as it was taken in: rows missing or doubled, or a score that is not the printed number.
with held as (
    select
        published.table_name,
        count(*) as rows,
        count(distinct published.line) as lines,
        count(*) filter (
            where published.run_id is not null
                and abs(score.value - published.value / case published.scale when 'percent' then 100 else 1 end) <= 1e-12
        ) as scores_right,
        count(published.run_id) as scores
    from published
    left join score
        on score.run_id = published.run_id
        and score.task = published.task
        and score.split = published.score_split
        and score.language = published.score_language
        and score.metric = published.score_metric
    group by published.table_name
),
counted as (
    select
        run.source[11:] as table_name,
        count(*) as scores_held
    from score
    inner join run using (run_id)
    where run.source in (select 'published:' || table_name from published_table)
    group by run.source
)
select
    table_name,
    coalesce(held.rows, 0) as rows,
    published_table.rows as taken_in,
    coalesce(held.scores, 0) as scores,
    coalesce(held.scores_right, 0) as scores_right,
    coalesce(counted.scores_held, 0) as scores_held
from held
full join published_table using (table_name)
left join counted using (table_name)
where coalesce(held.rows, 0) <> coalesce(published_table.rows, 0)
    or held.lines <> held.rows
    or held.scores_right <> held.scores
    or coalesce(counted.scores_held, 0) <> held.scores
