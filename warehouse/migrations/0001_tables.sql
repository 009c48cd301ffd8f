-- The tables of warehouse/rows.py, the ledger of shards, and what every column means.
--
-- Physical layout, measured with DuckDB 2.0 on 10 million outcomes of 10 runs, sorted by run and cell
-- (CPU seconds: load / mean by language and perturbation / worst case by example / paired runs; size):
--
--   varchar columns     8.9 / 0.18 / 0.38 / 0.42    64 MB
--   enum columns        7.4 / 0.12 / 0.27 / 0.24    49 MB
--   cell number + join  6.8 / 0.14 / 3.73 / 0.31    55 MB
--   zstd Parquet          - / 0.15 / 0.35 / 0.33     8 MB
--
-- Varchar it is: DuckDB keeps a dictionary for each column by itself, an enum cannot grow when a new
-- language or perturbation arrives, and a cell number makes every query of every user a join.
-- Fact tables have no key (an 8-column key: 8 times slower to load, 17 times larger); `xtb check` and
-- the loading see to uniqueness. Keys stand on runs, dimensions and the ledger.

create table run (
    run_id varchar primary key,
    source varchar not null,
    encoder varchar not null,
    encoder_fingerprint varchar,
    regime varchar not null,
    intermediate varchar not null,
    intermediate_language varchar not null,
    robust varchar not null,
    robust_stage varchar not null,
    target varchar not null,
    seed bigint not null,
    code_version varchar,
    data_source varchar,
    config varchar,
    versions varchar,
    status varchar not null,
    error varchar,
    started_at timestamptz,
    seconds double,
    device varchar
);
comment on table run is 'One row per run: one encoder taken through the stages of a regime with one seed.';
comment on column run.run_id is 'hash of everything that changes the trained weights';
comment on column run.source is 'xtb for our own runs, else where the numbers come from';
comment on column run.encoder is 'name of the pretrained encoder';
comment on column run.encoder_fingerprint is 'sha256 over its weights, configuration and tokenizer';
comment on column run.regime is 'direct, stilts, multilingual, ...: the way of training';
comment on column run.intermediate is 'task trained on first; none for direct';
comment on column run.intermediate_language is 'language of the intermediate data: en, target, ...; none for direct';
comment on column run.robust is 'training-time robustness: none, augment, fgm, ...';
comment on column run.robust_stage is 'where it is applied: none, intermediate, target, both';
comment on column run.target is 'task trained on last and measured';
comment on column run.seed is 'seed of initialisation, order and dropout';
comment on column run.code_version is 'version of xtb that trained it';
comment on column run.data_source is 'mini, hub or mirror:<fingerprint>';
comment on column run.config is 'JSON of the whole run specification; for people, nothing queries it';
comment on column run.versions is 'JSON of the versions of Python and packages';
comment on column run.status is 'trained or failed';
comment on column run.error is 'why it failed';
comment on column run.started_at is 'start of the training, UTC';
comment on column run.seconds is 'wall time of the training';
comment on column run.device is 'cpu or the name of the GPU';

create table stage (
    run_id varchar not null,
    position smallint not null,
    stage_id varchar,
    role varchar,
    task varchar,
    languages varchar,
    perturbation varchar,
    severity tinyint,
    robust varchar,
    train_examples bigint,
    steps bigint,
    epochs double,
    tokens bigint,
    batch_tokens bigint,
    learning_rate double,
    train_loss double,
    dev_metric varchar,
    dev_score double,
    dev_chance double,
    best_step bigint,
    selection varchar,
    seconds double
);
comment on table stage is 'One row per fine-tuning of a run.';
comment on column stage.run_id is 'the run';
comment on column stage.position is '0 is the first stage';
comment on column stage.stage_id is 'hash of encoder, data, seed and all stages up to this one; shared by runs that share the weights';
comment on column stage.role is 'intermediate or target';
comment on column stage.task is 'task whose train split was used';
comment on column stage.languages is 'languages of the training data, comma-separated';
comment on column stage.perturbation is 'noise of the training data, clean for none';
comment on column stage.severity is 'its level, 0 for clean';
comment on column stage.robust is 'robustness method of this stage';
comment on column stage.train_examples is 'training examples';
comment on column stage.steps is 'optimiser steps';
comment on column stage.epochs is 'passes over the data';
comment on column stage.tokens is 'subword tokens seen';
comment on column stage.batch_tokens is 'subword tokens of one optimiser step';
comment on column stage.learning_rate is 'peak learning rate';
comment on column stage.train_loss is 'mean loss over the last tenth of the steps';
comment on column stage.dev_metric is 'metric of dev_score';
comment on column stage.dev_score is 'English dev score of the chosen checkpoint';
comment on column stage.dev_chance is 'dev score of a guesser';
comment on column stage.best_step is 'step of the chosen checkpoint';
comment on column stage.selection is 'rule by which the checkpoint was chosen';
comment on column stage.seconds is 'wall time';

create table score (
    run_id varchar not null,
    task varchar not null,
    split varchar not null,
    language varchar not null,
    perturbation varchar not null,
    severity tinyint not null,
    noise_seed integer not null,
    metric varchar not null,
    value double,
    n bigint,
    unchanged bigint,
    error varchar
);
comment on table score is 'One row per metric of one cell of one run.';
comment on column score.run_id is 'the run';
comment on column score.task is 'task evaluated';
comment on column score.split is 'its split';
comment on column score.language is 'code of the language, as the benchmark writes it';
comment on column score.perturbation is 'noise of the evaluation data; clean for none';
comment on column score.severity is 'level of the noise; 0 for clean';
comment on column score.noise_seed is 'seed of the noise; 0 for clean';
comment on column score.metric is 'name of the metric, see table metric';
comment on column score.value is 'in [0, 1], higher is better; NULL exactly when error says why';
comment on column score.n is 'examples of the cell';
comment on column score.unchanged is 'of these, left as they were by the perturbation';
comment on column score.error is 'why there is no value: not applicable, failed';

create table outcome (
    run_id varchar not null,
    task varchar not null,
    split varchar not null,
    language varchar not null,
    perturbation varchar not null,
    severity tinyint not null,
    noise_seed integer not null,
    example_id varchar not null,
    correct double,
    prediction varchar,
    changed boolean,
    token_changed boolean,
    edits integer,
    eligible integer,
    tokens integer,
    exact double,
    units integer,
    hits integer,
    predicted integer,
    gold integer
);
comment on table outcome is 'One row per example of one cell of one run.';
comment on column outcome.run_id is 'the run';
comment on column outcome.task is 'task evaluated';
comment on column outcome.split is 'its split';
comment on column outcome.language is 'code of the language';
comment on column outcome.perturbation is 'noise of the evaluation data; clean for none';
comment on column outcome.severity is 'level of the noise; 0 for clean';
comment on column outcome.noise_seed is 'seed of the noise; 0 for clean';
comment on column outcome.example_id is 'the example; the same id clean and perturbed';
comment on column outcome.correct is 'in [0, 1]: right or wrong, F1, share of right tags, average precision';
comment on column outcome.prediction is 'what the model said';
comment on column outcome.changed is 'did the perturbation change the text?';
comment on column outcome.token_changed is 'did it change the input ids of the encoder?';
comment on column outcome.edits is 'edits applied';
comment on column outcome.eligible is 'units that could have been edited';
comment on column outcome.tokens is 'subword tokens of the input';
comment on column outcome.exact is 'span tasks: exact match';
comment on column outcome.units is 'tags: words of the sentence; 1 elsewhere';
comment on column outcome.hits is 'entities right';
comment on column outcome.predicted is 'entities predicted';
comment on column outcome.gold is 'entities in the gold standard';

create table training_log (
    run_id varchar not null,
    position smallint not null,
    step bigint not null,
    loss double,
    learning_rate double,
    dev_score double,
    tokens_per_second double
);
comment on table training_log is 'One row per logged step of one stage of a run.';
comment on column training_log.run_id is 'the run';
comment on column training_log.position is 'the stage, 0 is the first';
comment on column training_log.step is 'optimiser step';
comment on column training_log.loss is 'training loss';
comment on column training_log.learning_rate is 'learning rate of the step';
comment on column training_log.dev_score is 'English dev score, where there was an evaluation';
comment on column training_log.tokens_per_second is 'speed';

create table task (
    task varchar primary key,
    kind varchar,
    metric varchar,
    chance double,
    trained_on varchar,
    overlap varchar,
    synthetic boolean,
    licence varchar,
    citation varchar
);
comment on table task is 'One row per benchmark.';
comment on column task.task is 'its name';
comment on column task.kind is 'shape of its examples: pair, choice, tags, span, retrieval';
comment on column task.metric is 'headline metric';
comment on column task.chance is 'headline value of a guesser; NULL where it depends on the data';
comment on column task.trained_on is 'task whose English train split fine-tunes it';
comment on column task.overlap is 'tasks whose training data overlap with its own, comma-separated';
comment on column task.synthetic is 'generated text?';
comment on column task.licence is 'licence of the data';
comment on column task.citation is 'where it comes from';

create table language (
    code varchar primary key,
    iso639_3 varchar,
    name varchar,
    script varchar,
    family varchar,
    genus varchar,
    word_order varchar,
    syntax_distance_en double,
    phonology_distance_en double,
    inventory_distance_en double,
    geo_distance_en_km double,
    cc100_gib double,
    synthetic boolean
);
comment on table language is 'One row per language code of the benchmarks.';
comment on column language.code is 'as the benchmarks write it: sw, zh';
comment on column language.iso639_3 is 'ISO 639-3 code';
comment on column language.name is 'English name';
comment on column language.script is 'ISO 15924 code of the script';
comment on column language.family is 'language family';
comment on column language.genus is 'genus within the family';
comment on column language.word_order is 'dominant order of subject, verb and object';
comment on column language.syntax_distance_en is 'syntactic distance to English';
comment on column language.phonology_distance_en is 'phonological distance to English';
comment on column language.inventory_distance_en is 'distance of the sound inventory to English';
comment on column language.geo_distance_en_km is 'geographic distance to English, km';
comment on column language.cc100_gib is 'size in the training data of XLM-R, GiB';
comment on column language.synthetic is 'invented for the built-in benchmark?';

create table perturbation (
    perturbation varchar primary key,
    family varchar,
    risk varchar,
    control boolean,
    scripts varchar,
    kinds varchar,
    definition varchar,
    citation varchar
);
comment on table perturbation is 'One row per perturbation.';
comment on column perturbation.perturbation is 'its name';
comment on column perturbation.family is 'character, keyboard, case, ...';
comment on column perturbation.risk is 'does a reader see another meaning? none, low, medium, high';
comment on column perturbation.control is 'negative control: its drop must be exactly 0 on encoders like XLM-R';
comment on column perturbation.scripts is 'scripts it is defined for';
comment on column perturbation.kinds is 'kinds of task it is defined for';
comment on column perturbation.definition is 'what it does';
comment on column perturbation.citation is 'where it comes from';

create table perturbation_level (
    perturbation varchar,
    severity tinyint,
    rate double,
    primary key (perturbation, severity)
);
comment on table perturbation_level is 'One row per severity of one perturbation.';
comment on column perturbation_level.perturbation is 'the perturbation';
comment on column perturbation_level.severity is '1 to 5; 0 is clean';
comment on column perturbation_level.rate is 'share of eligible units edited';

create table encoder (
    encoder varchar,
    encoder_fingerprint varchar,
    architecture varchar,
    parameters bigint,
    layers integer,
    hidden integer,
    vocabulary bigint,
    primary key (encoder, encoder_fingerprint)
);
comment on table encoder is 'One row per pretrained encoder, by content.';
comment on column encoder.encoder is 'its name';
comment on column encoder.encoder_fingerprint is 'sha256 over weights, configuration and tokenizer';
comment on column encoder.architecture is 'class of model';
comment on column encoder.parameters is 'number of weights';
comment on column encoder.layers is 'transformer layers';
comment on column encoder.hidden is 'width';
comment on column encoder.vocabulary is 'subword vocabulary';

create table metric (
    metric varchar primary key,
    aggregate varchar not null
);
comment on table metric is 'One row per metric: how it follows from the outcomes of a cell.';
comment on column metric.metric is 'its name';
comment on column metric.aggregate is 'mean_correct, mean_exact, unit_correct or count_f1';

create table shard (
    sha256 varchar primary key,
    run_id varchar not null,
    table_name varchar not null,
    rows bigint not null,
    loaded_at timestamptz not null
);
comment on table shard is 'One row per file of a run folder that has been taken in.';
comment on column shard.sha256 is 'of the bytes of the file; also in its name';
comment on column shard.run_id is 'the run it belongs to';
comment on column shard.table_name is 'the table its rows went to';
comment on column shard.rows is 'rows taken in (less those that were there already)';
comment on column shard.loaded_at is 'when, UTC';
