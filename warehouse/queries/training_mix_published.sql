-- One row per encoder, task and language of SumEval 2022: score when the training mix holds the language, and when it does not.
-- param task = null: only this task, e.g. panx
select
    published_score.encoder,
    published_score.task,
    published_score.language,
    count(*) filter (where own.train_examples is not null) as mixes_with,
    avg(published_score.value) filter (where own.train_examples is not null) as mean_with,
    count(*) filter (where own.train_examples is null) as mixes_without,
    avg(published_score.value) filter (where own.train_examples is null) as mean_without,
    stddev_samp(published_score.value) as sd,
    corr(published_score.value, log10(own.train_examples)) as correlation_with_log_examples
from published_score
left join training_mix as own
    on own.run_id = published_score.run_id
    and own.language = published_score.language
where starts_with(published_score.table_name, 'sumeval')
    and ($task::varchar is null or published_score.task = $task)
group by published_score.encoder, published_score.task, published_score.language
order by published_score.encoder, published_score.task, published_score.language
