-- A row that names a run, task, language, perturbation, level, metric or encoder its dimension table lacks.
with cell as (
    select
        'score' as table_name,
        run_id,
        task,
        language,
        perturbation,
        severity,
        metric,
        count(*) as rows
    from score
    group by all
    union all
    select
        'outcome' as table_name,
        run_id,
        task,
        language,
        perturbation,
        severity,
        null as metric,
        count(*) as rows
    from outcome
    group by all
    union all
    select
        'stage' as table_name,
        run_id,
        unnest(string_split(task, '+')) as task,  -- a mixture has several, each with its metric
        null as language,
        perturbation,
        severity,
        unnest(string_split(dev_metric, '+')) as metric,
        1 as rows
    from stage
    union all
    select
        'retriever' as table_name,
        run_id,
        task,
        null as language,
        null as perturbation,
        null as severity,
        null as metric,
        1 as rows
    from retriever
    union all
    select
        'pointwise_information' as table_name,
        run_id,
        task,
        language,
        null as perturbation,
        null as severity,
        null as metric,
        count(*) as rows
    from pointwise_information
    group by all
    union all
    select
        'attack' as table_name,
        run_id,
        task,
        language,
        null as perturbation,
        null as severity,
        null as metric,
        count(*) as rows
    from attack
    group by all
    union all
    select
        'attack_outcome' as table_name,
        run_id,
        task,
        language,
        null as perturbation,
        null as severity,
        null as metric,
        count(*) as rows
    from attack_outcome
    group by all
    union all
    select
        'embedding_attack' as table_name,
        run_id,
        task,
        language,
        null as perturbation,
        null as severity,
        null as metric,
        count(*) as rows
    from embedding_attack
    group by all
    union all
    select
        'run' as table_name,
        run_id,
        target as task,
        null as language,
        null as perturbation,
        null as severity,
        null as metric,
        1 as rows
    from run
    union all
    select
        'training_log' as table_name,
        run_id,
        null as task,
        null as language,
        null as perturbation,
        null as severity,
        null as metric,
        count(*) as rows
    from training_log
    group by run_id
)
select
    table_name,
    'run_id' as column_name,
    run_id as unknown,
    sum(rows)::bigint as rows
from cell
anti join run using (run_id)
group by all
union all
select
    table_name,
    'task' as column_name,
    task as unknown,
    sum(rows)::bigint as rows
from cell
anti join task using (task)
where task is not null
group by all
union all
select
    table_name,
    'language' as column_name,
    language as unknown,
    sum(rows)::bigint as rows
from cell
anti join language on language.code = cell.language
where language is not null
group by all
union all
select
    table_name,
    'perturbation' as column_name,
    perturbation as unknown,
    sum(rows)::bigint as rows
from cell
anti join perturbation using (perturbation)
where perturbation is not null
group by all
union all
select
    table_name,
    'severity' as column_name,
    perturbation || ' ' || severity as unknown,
    sum(rows)::bigint as rows
from cell
anti join perturbation_level using (perturbation, severity)
where severity > 0
group by all
union all
select
    table_name,
    'metric' as column_name,
    metric as unknown,
    sum(rows)::bigint as rows
from cell
anti join metric using (metric)
where metric is not null
group by all
union all
select
    'run' as table_name,
    'encoder' as column_name,
    encoder as unknown,
    count(*) as rows
from run
anti join encoder using (encoder, encoder_fingerprint)
where encoder_fingerprint is not null
group by all
