-- One row per run and replayed set of adversarial texts: what fools another run, on the very same texts.
-- settings: name=value of all that decided the texts
-- seed: of the training of the run
-- attack_seed: of the draws of the attack
-- victim_run_id: run that the texts were made against
-- victim_regime: its regime
-- texts: texts that fooled that run and whose clean twins this run gets right
-- transferred: of these, how many fool this run too
-- transfer_rate: transferred / texts; NULL where there are none
-- robust_accuracy: share of all examples that this run gets right clean and replayed, the not attacked ones by their clean text
with finished as (
    select
        columns(attack_key())
    from attack
),
there as (
    select
        columns(list_filter(attack_key(), lambda name: name <> 'run_id')),
        example_id,
        fooled and verified as victim_fooled
    from attack_outcome
    where victim_run_id = run_id
),
both_runs as (
    select
        columns(attack_key()),
        here.clean_right,
        here.fooled and here.verified as fooled,
        coalesce(there.victim_fooled, false) as victim_fooled
    from attack_outcome as here
    natural join finished
    natural left join there
    where here.victim_run_id <> here.run_id
)
select
    both_runs.run_id,
    run.regime,
    run.intermediate,
    run.robust,
    run.target,
    run.seed,
    both_runs.task,
    both_runs.split,
    both_runs.language,
    both_runs.attack,
    both_runs.settings,
    both_runs.seed as attack_seed,
    both_runs.budget,
    both_runs.victim_run_id,
    victim.regime as victim_regime,
    count(*) as n,
    count(*) filter (where both_runs.clean_right and both_runs.victim_fooled) as texts,
    count(*) filter (where both_runs.fooled and both_runs.victim_fooled) as transferred,
    count(*) filter (where both_runs.fooled and both_runs.victim_fooled)
    / nullif(count(*) filter (where both_runs.clean_right and both_runs.victim_fooled), 0) as transfer_rate,
    count(*) filter (where both_runs.clean_right and not both_runs.fooled) / count(*) as robust_accuracy
from both_runs
left join run
    on run.run_id = both_runs.run_id
left join run as victim
    on victim.run_id = both_runs.victim_run_id
group by all
