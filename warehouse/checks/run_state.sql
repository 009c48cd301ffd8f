-- A run whose status and error do not agree, or a failed run that has scores.
select
    run.run_id,
    run.status,
    run.error,
    count(score.run_id) as scores
from run
left join score using (run_id)
group by all
having run.status not in ('trained', 'failed')
    or (run.status = 'failed' and (run.error is null or count(score.run_id) > 0))
    or (run.status = 'trained' and run.error is not null)
