-- One row per adaptive attack of one run on one language and number of queries: success within so many queries an example.
-- settings: name=value of all that decides the texts: settings, constraints, the sample (limit)
-- seed: of the training of the run
-- attack_seed: of the draws of the attack
-- budget: most queries (forward examples) an example
-- queries: 50, 100, 500 or 1000, as far as the budget of the attack reaches, and the budget itself
-- clean_right: examples that are right on the clean text
-- successes: of these, fooled within so many queries; grows with queries, also from one budget to a larger
-- attack_success_rate: successes / clean_right; NULL when nothing is right on the clean text
with won as (
    select
        columns(attack_key()),
        list(queries) as spent
    from attack_outcome
    where fooled
        and verified
    group by all
),
counted as (
    select
        columns(attack_key()),
        attack.clean_right,
        won.spent,
        unnest(
            list_sort(
                list_distinct(
                    list_append([q for q in [50, 100, 500, 1000] if q < attack.budget], attack.budget)
                )
            )
        ) as queries
    from attack
    natural left join won
    where attack.victim_run_id = attack.run_id
        and attack.error is null
),
tallied as (
    select
        *,
        coalesce(len([q for q in spent if q <= queries]), 0) as successes
    from counted
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
