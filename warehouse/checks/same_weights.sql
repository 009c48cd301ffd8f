-- A cell that two runs of the same weights, made into vectors in the same way, measure differently (by more than 1e-12).
with weights as (
    select
        run_id,
        arg_max(stage_id, position) as stage_id
    from stage
    group by run_id
),
shared as (
    select
        *
    from weights
    where stage_id is not null
    qualify count(*) over (partition by stage_id) > 1
)
select
    shared.stage_id,
    score.task,
    score.split,
    score.language,
    score.perturbation,
    score.severity,
    score.noise_seed,
    score.metric,
    retriever.layer,
    retriever.pooling,
    retriever.special_tokens,
    count(distinct score.run_id) as runs,
    min(score.value) as lowest,
    max(score.value) as highest,
    min(score.n) as fewest,
    max(score.n) as most
from score
inner join shared using (run_id)
left join retriever using (run_id, task)
where score.value is not null
group by all
having max(score.value) - min(score.value) > 1e-12
    or min(score.n) <> max(score.n)
