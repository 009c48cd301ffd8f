-- One row per adaptive attack of one run on one language: how often it succeeds, and what a success costs.
-- settings: name=value of all that decides the texts: settings, constraints, the sample (limit)
-- seed: of the training of the run
-- attack_seed: of the draws of the attack
-- budget: most queries (forward examples) an example
-- victim_run_id: run that the texts were made against; another than run_id where they are replayed
-- n: examples
-- clean_right: examples that are right on the clean text; only they are attacked
-- successes: of these, fooled by a text that was found and, in a fresh forward pass, by the text as it is stored
-- unverified: texts found that failed in that pass; they count as no success
-- clean_accuracy: clean_right / n
-- attack_success_rate: successes / clean_right; NULL when nothing is right on the clean text
-- robust_accuracy: (clean_right - successes) / n, which is clean_accuracy * (1 - attack_success_rate)
-- median_queries: of successes
-- median_edit_rate: of successes; clusters edited as a share of those of the original
-- median_chrf: of successes
-- median_similarity: of successes, under the frozen encoder of the settings
-- error: why there are no counts: not applicable
with cost as (
    select
        columns(attack_key()),
        median(queries) as median_queries,
        median(edit_rate) as median_edit_rate,
        median(chrf) as median_chrf,
        median(similarity) as median_similarity
    from attack_outcome
    where fooled
        and verified
    group by all
)
select
    attack.run_id,
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
    attack.task,
    attack.split,
    attack.language,
    attack.attack,
    attack.settings,
    attack.seed as attack_seed,
    attack.budget,
    attack.victim_run_id,
    attack.n,
    attack.clean_right,
    attack.verified as successes,
    attack.fooled - attack.verified as unverified,
    attack.clean_right / nullif(attack.n, 0) as clean_accuracy,
    attack.verified / nullif(attack.clean_right, 0) as attack_success_rate,
    (attack.clean_right - attack.verified) / nullif(attack.n, 0) as robust_accuracy,
    cost.median_queries,
    cost.median_edit_rate,
    cost.median_chrf,
    cost.median_similarity,
    attack.error
from attack
natural left join cost
left join run
    on run.run_id = attack.run_id
