-- Metrics of other people's results that outcomes do not give.

comment on column metric.aggregate is 'mean_correct, mean_exact, unit_correct, count_f1, or none: of no outcomes, as a source states it';
