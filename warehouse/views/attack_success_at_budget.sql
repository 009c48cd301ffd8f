-- One row per adaptive attack of one run on one language and number of queries: success within so many queries an example.
-- settings: name=value of all that decides the texts: settings, constraints, the sample (limit)
-- seed: of the training of the run
-- attack_seed: of the draws of the attack
-- budget: most queries (forward examples) an example
-- queries: 50, 100, 500 or 1000, as far as the budget of the attack reaches, and the budget itself
-- clean_right: examples that are right on the clean text
-- successes: of these, fooled within so many queries; grows with queries, also from one budget to a larger
-- attack_success_rate: successes / clean_right; NULL when nothing is right on the clean text
with counted as (
    select
        attack.run_id,
        attack.task,
        attack.split,
        attack.language,
        attack.attack,
        attack.settings,
        attack.seed,
        attack.budget,
        attack.clean_right,
        unnest(
            list_sort(
                list_distinct(
                    list_append([q for q in [50, 100, 500, 1000] if q < attack.budget], attack.budget)
                )
            )
        ) as queries
    from attack
    where attack.victim_run_id = attack.run_id
        and attack.error is null
),
won as (
    select
        run_id,
        task,
        split,
        language,
        attack,
        settings,
        seed,
        budget,
        queries
    from attack_outcome
    where victim_run_id = run_id
        and fooled
        and verified
),
tallied as (
    select
        counted.run_id,
        counted.task,
        counted.split,
        counted.language,
        counted.attack,
        counted.settings,
        counted.seed,
        counted.queries,
        counted.budget,
        counted.clean_right,
        count(won.queries) as successes
    from counted
    left join won
        on won.run_id = counted.run_id
        and won.task = counted.task
        and won.split = counted.split
        and won.language = counted.language
        and won.attack = counted.attack
        and won.settings = counted.settings
        and won.seed = counted.seed
        and won.budget = counted.budget
        and won.queries <= counted.queries
    group by all
)
select
    tallied.run_id,
    run.regime,
    run.intermediate,
    run.robust,
    run.target,
    run.seed,
    tallied.task,
    tallied.split,
    tallied.language,
    tallied.attack,
    tallied.settings,
    tallied.seed as attack_seed,
    tallied.budget,
    tallied.queries,
    tallied.clean_right,
    tallied.successes,
    tallied.successes / nullif(tallied.clean_right, 0) as attack_success_rate
from tallied
left join run
    on run.run_id = tallied.run_id
