-- One row per run, task, language, perturbation and severity: the headline score beside its clean twin, as means over noise seeds.
-- Expects the table expression compared(run_id, regime, language): the runs, and the one language each counts in, or null for all.
chosen as (  -- the split that a task is judged on: test where there is one
    select
        task,
        split
    from score
    inner join compared using (run_id)
    group by task, split
    qualify row_number() over (
        partition by task
        order by case split when 'test' then 0 when 'validation' then 1 when 'dev' then 2 else 3 end, split
    ) = 1
),
headline as (
    select
        compared.regime,
        score.run_id,
        score.task,
        score.metric,
        score.language,
        score.perturbation,
        score.severity,
        avg(score.value) as value,
        avg(score.n) as n,
        avg(score.unchanged) as unchanged
    from score
    inner join compared
        on compared.run_id = score.run_id
        and score.language = coalesce(compared.language, score.language)
    inner join task
        on task.task = score.task
        and task.metric = score.metric
    inner join chosen
        on chosen.task = score.task
        and chosen.split = score.split
    group by all
),
lineage as (  -- the weights after the intermediate training, which runs on several targets share
    select
        run_id,
        arg_max(stage_id, position) as checkpoint
    from stage
    where role = 'intermediate'
    group by run_id
)
select
    headline.regime,
    headline.run_id,
    run.seed,
    run.encoder,
    coalesce(run.encoder_fingerprint, run.encoder) as encoder_fingerprint,
    coalesce(run.data_source, run.source) as data_source,
    run.intermediate,
    coalesce(lineage.checkpoint, run.run_id) as checkpoint,
    run.intermediate <> 'none'
    and list_contains(string_split(concat_ws(',', task.trained_on, task.overlap), ','), run.intermediate)
        as overlapping,
    headline.task,
    headline.metric,
    task.chance,
    coalesce(task.synthetic, false) as synthetic,
    headline.language,
    coalesce(language.name, headline.language) as name,
    coalesce(language.script, '') as script,
    language.syntax_distance_en as distance,
    language.cc100_gib as pretraining_gib,
    headline.perturbation,
    coalesce(perturbation.control, false) as control,
    headline.severity,
    headline.value,
    clean.value as clean,
    headline.n,
    headline.unchanged
from headline
left join headline as clean
    on clean.perturbation = 'clean'
    and clean.regime = headline.regime
    and clean.run_id = headline.run_id
    and clean.task = headline.task
    and clean.language = headline.language
inner join run
    on run.run_id = headline.run_id
inner join task
    on task.task = headline.task
left join language
    on language.code = headline.language
left join perturbation
    on perturbation.perturbation = headline.perturbation
left join lineage
    on lineage.run_id = headline.run_id
where headline.perturbation <> 'clean'
