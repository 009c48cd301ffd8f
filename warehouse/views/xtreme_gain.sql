-- One row per system (encoder, regime, intermediate) and seed: its mean gain over direct fine-tuning on the nine tasks of XTREME, clean text.
-- tasks: how many of the nine are measured; average over the same number of tasks only
-- gain: mean over tasks of the gain in task score, on the dev split where a task has scores there, else on test
-- test_tasks: how many of the nine are measured on test
-- test_gain: the same mean on test alone
-- lacking: what keeps gain from being XTREME's average; NULL when nothing does
-- test_lacking: the same of test_gain
with nine as (
    select
        unnest([
            'xnli', 'pawsx', 'udpos', 'panx', 'xquad', 'mlqa', 'tydiqa', 'bucc2018', 'tatoeba'
        ]) as task
),
by_split as (
    select
        task_gain.source,
        task_gain.data_source,
        task_gain.encoder,
        task_gain.encoder_fingerprint,
        task_gain.regime,
        task_gain.intermediate,
        task_gain.seed,
        task_gain.task,
        task_gain.split,
        avg(task_gain.gain) as gain
    from task_gain
    inner join nine using (task)
    where task_gain.own_target
        and task_gain.robust = 'none'
    group by all
),
by_task as (
    select
        source,
        data_source,
        encoder,
        encoder_fingerprint,
        regime,
        intermediate,
        seed,
        task,
        coalesce(
            any_value(gain) filter (where split = 'validation'),
            any_value(gain) filter (where split = 'test')
        ) as gain,
        any_value(gain) filter (where split = 'test') as test_gain
    from by_split
    group by all
)
select
    source,
    data_source,
    encoder,
    encoder_fingerprint,
    regime,
    intermediate,
    seed,
    count(gain) as tasks,
    avg(gain) as gain,
    count(test_gain) as test_tasks,
    avg(test_gain) as test_gain,
    case when count(gain) < 9 then concat(count(gain), ' of the 9 tasks of XTREME') end as lacking,
    case
        when count(test_gain) < 9 then concat(count(test_gain), ' of the 9 tasks of XTREME on test')
    end as test_lacking
from by_task
group by all
