-- One row per encoder, regime, task and split: how often two versions of an example get the same prediction, and how many examples survive all of them, over runs and languages.
-- param risks = none,low: risks of the perturbations that count
-- param task = null: only this task
select
    consistent.encoder,
    consistent.regime,
    consistent.intermediate,
    consistent.intermediate_language,
    consistent.robust,
    consistent.robust_stage,
    consistent.task,
    consistent.split,
    count(distinct consistent.run_id) as runs,
    count(distinct consistent.language) as languages,
    min(worst.perturbations) as fewest_perturbations,
    max(consistent.versions) as versions,
    avg(consistent.value) as consistency,
    avg(worst.clean_value) as clean,
    avg(worst.value) as worst_case
from consistency_of(string_split($risks, ',')) as consistent
left join worst_case_of(string_split($risks, ',')) as worst
    using (run_id, task, split, language)
where $task::varchar is null or consistent.task = $task
group by all
order by consistent.task, consistent.split, consistency desc, consistent.encoder, consistent.regime, consistent.intermediate, consistent.intermediate_language, consistent.robust, consistent.robust_stage
