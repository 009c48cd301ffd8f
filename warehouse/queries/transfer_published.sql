-- One row per target language of part-of-speech tagging: the best language to train on, and what English gives (de Vries et al. 2022).
-- param language = null: only this target language
with scores as (
    select
        published_score.language,
        training_mix.language as trained_on,
        published_score.value
    from published_score
    inner join training_mix using (run_id)
    where published_score.table_name = 'xpos_udpos_xlmr_base'
)
select
    scores.language,
    language.name,
    count(*) as sources,
    max(scores.value) filter (where scores.trained_on = scores.language) as own,
    max(scores.value) filter (where scores.trained_on = 'en') as from_english,
    max(scores.value) filter (where scores.trained_on <> scores.language) as best,
    arg_max(scores.trained_on, scores.value) filter (where scores.trained_on <> scores.language) as best_source,
    best - from_english as lost_by_english
from scores
left join language on language.code = scores.language
where $language::varchar is null or scores.language = $language
group by scores.language, language.name
order by lost_by_english desc nulls last, scores.language
