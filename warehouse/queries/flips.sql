-- One row per encoder, regime, task, split, perturbation and severity: how often noise changes the prediction, and in which direction.
-- param language = null: only this language
-- param task = null: only this task
select
    flip.encoder,
    flip.regime,
    flip.intermediate,
    flip.intermediate_language,
    flip.robust,
    flip.robust_stage,
    flip.task,
    flip.split,
    flip.perturbation,
    flip.severity,
    sum(flip.pairs)::bigint as pairs,
    sum(flip.flip_rate * flip.pairs) / sum(flip.pairs) as flip_rate,
    sum(flip.negative * flip.pairs) / sum(flip.pairs) as right_to_wrong,
    sum(flip.positive * flip.pairs) / sum(flip.pairs) as wrong_to_right,
    sum(flip.lateral * flip.pairs) / sum(flip.pairs) as lateral
from flip
where ($language::varchar is null or flip.language = $language)
    and ($task::varchar is null or flip.task = $task)
group by all
order by flip.task, flip.split, flip.perturbation, flip.severity, flip.encoder, flip.regime, flip.intermediate, flip.intermediate_language, flip.robust, flip.robust_stage
