-- One row per published system, task, split, metric and language that was trained with several seeds: how far the seeds lie apart.
-- param task = null: only this task
-- param encoder = null: only this one, e.g. XLM-R Base
select
    encoder,
    task,
    split,
    metric,
    language,
    count(*) as seeds,
    avg(value) as mean,
    stddev_samp(value) as sd,
    max(value) - min(value) as range,
    any_value(source) as source,
    any_value(url) as url
from published_score
where seed is not null
    and ($task::varchar is null or task = $task)
    and ($encoder::varchar is null or encoder = $encoder)
group by encoder, task, split, metric, language
having count(*) > 1
order by sd desc, encoder, task, split, metric, language
