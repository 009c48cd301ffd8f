-- The columns that name a cell of a run, for columns(cell_key()); tables that share these alone are joined by a natural join.
[
    'run_id',
    'task',
    'split',
    'language',
    'perturbation',
    'severity',
    'noise_seed'
]
