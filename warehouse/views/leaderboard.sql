-- One row per system (encoder, regime, intermediate, robust training), task and split: clean and perturbed task score, mean over seeds.
-- task: task evaluated
-- rank: 1 is the best clean score of the task and split
-- runs: runs (seeds) in the means
-- languages: fewest languages that any of the runs has; compare equal numbers only
-- clean: task score: headline metric (span tasks: mean of their metrics, F1 and exact match), unweighted mean over languages, English included, as XTREME does
-- clean_sd: its standard deviation over runs
-- clean_worst_language: mean over runs of the lowest clean score of a language
-- perturbed: the same mean over all perturbed cells, controls left out
-- perturbed_sd: its standard deviation over runs
-- drop: mean over runs and languages of clean - perturbed
with by_language as (
    select
        score.run_id,
        score.task,
        score.split,
        score.language,
        avg(score.value) filter (where score.perturbation = 'clean') as clean,
        avg(score.value) filter (where score.perturbation <> 'clean') as perturbed
    from score
    inner join task
        on task.task = score.task
        and (task.metric = score.metric or task.kind = 'span')
    left join perturbation
        on perturbation.perturbation = score.perturbation
    where not coalesce(perturbation.control, false)
    group by score.run_id, score.task, score.split, score.language
),
by_run as (
    select
        run_id,
        task,
        split,
        count(clean) as languages,
        avg(clean) as clean,
        min(clean) as worst,
        avg(perturbed) as perturbed,
        avg(clean - perturbed) as "drop"
    from by_language
    group by run_id, task, split
),
by_system as (
    select
        run.source,
        run.data_source,
        run.encoder,
        run.encoder_fingerprint,
        run.regime,
        run.intermediate,
        run.intermediate_language,
        run.robust,
        run.robust_stage,
        run.target,
        by_run.task,
        by_run.split,
        count(*) as runs,
        min(by_run.languages) as languages,
        avg(by_run.clean) as clean,
        stddev_samp(by_run.clean) as clean_sd,
        avg(by_run.worst) as clean_worst_language,
        avg(by_run.perturbed) as perturbed,
        stddev_samp(by_run.perturbed) as perturbed_sd,
        avg(by_run.drop) as "drop"
    from by_run
    inner join run using (run_id)
    where by_run.clean is not null
    group by all
)
select
    rank() over (partition by task, split order by clean desc) as rank,
    source,
    data_source,
    encoder,
    encoder_fingerprint,
    regime,
    intermediate,
    intermediate_language,
    robust,
    robust_stage,
    target,
    task,
    split,
    runs,
    languages,
    clean,
    clean_sd,
    clean_worst_language,
    perturbed,
    perturbed_sd,
    "drop"
from by_system
