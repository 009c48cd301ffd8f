-- One row per published score of one language from sources that print single trainings: several seeds, or many mixes of training languages.
select
    published_score.table_name,
    published_score.source,
    published_score.url,
    published_score.encoder,
    published_score.task,
    published_score.split,
    published_score.metric,
    published_score.language,
    coalesce(language.name, published_score.language) as name,
    published_score.run_id,
    published_score.seed,
    published_score.value
from published_score
left join language
    on language.code = published_score.language
where published_score.seed is not null
    or starts_with(published_score.table_name, 'sumeval')
order by
    published_score.table_name,
    published_score.task,
    published_score.split,
    published_score.metric,
    published_score.run_id,
    published_score.language
