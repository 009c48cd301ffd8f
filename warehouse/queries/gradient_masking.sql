-- One row per run, task, split, language and number of examples: signs that gradients mislead attacks, so that their numbers say too little (Athalye et al. 2018).
-- Attacks by gradients should not lose to chance, and the walk in a larger ball should not end at a lower loss.
-- param task = null: only this task
with success as (
    select
        run_id,
        task,
        split,
        language,
        n,
        max(attack_success_rate) filter (where attack = 'hotflip') as by_gradient,
        max(attack_success_rate) filter (where attack = 'worst_of_k') as by_chance
    from attack_success
    where victim_run_id = run_id
        and attack in ('hotflip', 'worst_of_k')
    group by all
    having by_gradient is not null
        and by_chance is not null
),
climb as (
    select
        run_id,
        task,
        split,
        language,
        n,
        climbed_loss - lag(climbed_loss) over (
            partition by run_id, task, split, language, attack, settings, seed
            order by radius
        ) as rise
    from embedding_attack
),
curve as (
    select
        run_id,
        task,
        split,
        language,
        n,
        count(rise) as steps,
        max(-rise) as largest_fall
    from climb
    group by all
)
select
    run_id,
    run.encoder,
    run.regime,
    run.robust,
    task,
    split,
    language,
    n,
    success.by_gradient,
    success.by_chance,
    success.by_gradient - success.by_chance as gained_by_gradient,
    curve.steps as radii,
    greatest(curve.largest_fall, 0) as largest_fall,
    coalesce(success.by_gradient < success.by_chance, false)
    or coalesce(curve.largest_fall > 0, false) as suspicious
from success
full join curve
    using (run_id, task, split, language, n)
left join run
    using (run_id)
where ($task::varchar is null or task = $task)
order by suspicious desc, run_id, task, split, language, n
