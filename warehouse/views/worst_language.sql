-- One row per metric of one task, split, perturbation, severity and noise seed of one run, clean among them: its worst language, and how unevenly noise hits.
-- task: task evaluated
-- languages: languages with a score; compare equal numbers
-- worst_language: the one with the lowest score; of several the first by code
-- worst_value: its score
-- mean_value: unweighted mean over languages
-- english_drop: what English loses to the noise; NULL for clean
-- mean_drop: mean loss of the other languages
-- gap: english_drop - mean_drop: negative when the other languages lose more than English
with scored as (
    select
        score.run_id,
        score.task,
        score.split,
        score.language,
        score.perturbation,
        score.severity,
        score.noise_seed,
        score.metric,
        score.value,
        case when score.perturbation <> 'clean' then clean.value - score.value end as "drop"
    from score
    left join score as clean
        on clean.run_id = score.run_id
        and clean.task = score.task
        and clean.split = score.split
        and clean.language = score.language
        and clean.metric = score.metric
        and clean.perturbation = 'clean'
    where score.value is not null
),
by_cell as (
    select
        run_id,
        task,
        split,
        perturbation,
        severity,
        noise_seed,
        metric,
        count(*) as languages,
        arg_min(language, (value, language)) as worst_language,
        min(value) as worst_value,
        avg(value) as mean_value,
        avg("drop") filter (where language = 'en') as english_drop,
        avg("drop") filter (where language <> 'en') as mean_drop
    from scored
    group by run_id, task, split, perturbation, severity, noise_seed, metric
)
select
    by_cell.run_id,
    run.source,
    run.encoder,
    run.encoder_fingerprint,
    run.regime,
    run.intermediate,
    run.intermediate_language,
    run.robust,
    run.robust_stage,
    run.target,
    run.seed,
    by_cell.task,
    by_cell.split,
    by_cell.perturbation,
    by_cell.severity,
    by_cell.noise_seed,
    by_cell.metric,
    by_cell.languages,
    by_cell.worst_language,
    by_cell.worst_value,
    by_cell.mean_value,
    by_cell.english_drop,
    by_cell.mean_drop,
    by_cell.english_drop - by_cell.mean_drop as gap
from by_cell
left join run using (run_id)
