-- The columns that name an adaptive attack of a run, for columns(attack_key()); tables that share these alone are joined by a natural join.
[
    'run_id',
    'task',
    'split',
    'language',
    'attack',
    'settings',
    'seed',
    'budget',
    'victim_run_id'
]
