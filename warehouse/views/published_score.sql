-- One row per published score of one language, with who printed it beside the run and score it became.
-- published_value: as printed
-- table_name: the table that ships with xtb
-- task: task evaluated
select
    published.table_name,
    published.line,
    published.source,
    published.url,
    published.part,
    published.edition,
    published.note,
    published.model,
    published.value as published_value,
    published.scale,
    run.run_id,
    run.encoder,
    run.regime,
    run.intermediate,
    run.robust,
    run.target,
    run.seed,
    score.task,
    score.split,
    score.language,
    score.metric,
    score.value
from published
inner join run
    on run.run_id = published.run_id
inner join score
    on score.run_id = published.run_id
    and score.task = published.task
    and score.split = published.score_split
    and score.language = published.score_language
    and score.metric = published.score_metric
