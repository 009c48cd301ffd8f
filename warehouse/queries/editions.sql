-- One row per cell that several sources or editions print: lowest, highest, and who says so. They are different numbers, not noise.
-- param task = null: only this task
-- param encoder = null: only this one, e.g. XLM-R Large
-- param least = 0: only where they differ by more than this (a share of 1)
with printed as (
    select
        encoder,
        regime,
        robust,
        target,
        task,
        split,
        language,
        metric,
        value,
        concat_ws(': ', table_name, edition) as said_by
    from published_score
    where seed is null
        and scale = 'percent'
        and regime in ('direct', 'multilingual', 'translate_train', 'translate_test', 'translate_train_all')
        and not starts_with(table_name, 'xpos')
)
select
    encoder,
    regime,
    robust,
    task,
    split,
    language,
    metric,
    count(*) as editions,
    min(value) as lowest,
    arg_min(said_by, value) as lowest_in,
    max(value) as highest,
    arg_max(said_by, value) as highest_in,
    max(value) - min(value) as range
from printed
where ($task::varchar is null or task = $task)
    and ($encoder::varchar is null or encoder = $encoder)
group by encoder, regime, robust, target, task, split, language, metric
having count(*) > 1
    and max(value) - min(value) > $least::double
order by range desc, encoder, task, language, metric
