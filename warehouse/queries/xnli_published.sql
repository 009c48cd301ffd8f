-- One row per published system on XNLI and edition: English, mean over languages, worst language, and what the source prints as average.
-- param encoder = null: only this one, e.g. XLM-R Large
-- param regime = null: only this one, e.g. direct or translate_train_all
with cells as (
    select
        table_name,
        run_id,
        encoder,
        regime,
        robust,
        edition,
        split,
        any_value(source) as source,
        any_value(url) as url,
        any_value(model) as model,
        count(*) as languages,
        max(value) filter (where language = 'en') as english,
        avg(value) as mean,
        min(value) as lowest,
        arg_min(language, value) as lowest_language
    from published_score
    where task = 'xnli'
        and metric = 'accuracy'
    group by all
),
averages as (
    select
        table_name,
        model,
        regime,
        edition,
        split,
        any_value(value) / 100 as printed_average
    from published
    where task = 'xnli'
        and language = 'avg'
    group by all
    having count(*) = 1
),
wording as (
    select distinct
        run_id,
        regime as printed_regime
    from published
    where task = 'xnli'
)
select
    cells.encoder,
    cells.regime,
    cells.robust,
    cells.edition,
    cells.split,
    cells.languages,
    cells.english,
    cells.mean,
    averages.printed_average,
    cells.lowest,
    cells.lowest_language,
    cells.source,
    cells.url
from cells
inner join wording using (run_id)
left join averages
    on averages.table_name = cells.table_name
    and averages.model = cells.model
    and averages.regime = wording.printed_regime
    and averages.edition is not distinct from cells.edition
    and averages.split = cells.split
where ($encoder::varchar is null or cells.encoder = $encoder)
    and ($regime::varchar is null or cells.regime = $regime)
order by cells.languages desc, cells.mean desc, cells.source
