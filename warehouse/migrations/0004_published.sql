-- Published numbers with their sources, and the claims of the literature.

alter table run alter column seed drop not null;
comment on column run.seed is 'seed of initialisation, order and dropout; NULL where a source states none or prints a mean';
comment on column run.data_source is 'mini, hub or mirror:<fingerprint>; of a published run its edition and training mix';

create table published (
    table_name varchar not null,
    line integer not null,
    source varchar not null,
    url varchar,
    part varchar,
    model varchar,
    regime varchar,
    intermediate_task varchar,
    target_task varchar,
    language varchar,
    metric varchar,
    value double not null,
    scale varchar not null,
    split varchar,
    seed bigint,
    trained_on varchar,
    edition varchar,
    note varchar,
    encoder varchar,
    intermediate varchar,
    task varchar,
    run_id varchar,
    score_language varchar,
    score_metric varchar,
    score_split varchar
);
comment on table published is 'One row per number that a source has printed, in its own words, and the score it became here.';
comment on column published.table_name is 'the table that ships with xtb; run.source is published: and this';
comment on column published.line is 'row in that table, from 1';
comment on column published.source is 'who printed it';
comment on column published.url is 'where to read it';
comment on column published.part is 'table, file or section of the source';
comment on column published.model is 'system, as printed';
comment on column published.regime is 'way of training, as printed';
comment on column published.intermediate_task is 'as printed; none for direct';
comment on column published.target_task is 'as printed';
comment on column published.language is 'code, or avg for a mean that the source prints';
comment on column published.metric is 'as printed';
comment on column published.value is 'as printed';
comment on column published.scale is 'percent, fraction, points (a difference of percentages) or other';
comment on column published.split is 'as printed';
comment on column published.seed is 'where the source tells its runs apart';
comment on column published.trained_on is 'language or configuration of languages trained on, where the source varies them';
comment on column published.edition is 'which of several numbers of one cell: median of 10 runs, one model selected per language, version 2';
comment on column published.note is 'what is remarked about this number, slips of the source among it';
comment on column published.encoder is 'the system under the name of run.encoder';
comment on column published.intermediate is 'the intermediate task under the name of run.intermediate';
comment on column published.task is 'the target task under the name of score.task; NULL where it is none of ours';
comment on column published.run_id is 'the run whose score it is; NULL for averages and whatever is no score of one language';
comment on column published.score_language is 'language of that score';
comment on column published.score_metric is 'metric of that score';
comment on column published.score_split is 'split of that score; unstated where the source does not say';

create table published_table (
    table_name varchar primary key,
    sha256 varchar not null,
    rows bigint not null,
    loaded_at timestamptz not null
);
comment on table published_table is 'One row per table of published numbers that has been taken in.';
comment on column published_table.table_name is 'its name';
comment on column published_table.sha256 is 'of the file and of what maps it';
comment on column published_table.rows is 'numbers in it';
comment on column published_table.loaded_at is 'when, UTC';

create table training_mix (
    run_id varchar not null,
    position smallint not null,
    language varchar not null,
    train_examples bigint
);
comment on table training_mix is 'One row per language of the training data of one stage of a published run.';
comment on column training_mix.run_id is 'the run';
comment on column training_mix.position is 'the stage, 0 is the first';
comment on column training_mix.language is 'code of the language';
comment on column training_mix.train_examples is 'training examples in it; NULL where not stated';

create table claim (
    claim varchar primary key,
    statement varchar not null,
    source varchar not null,
    url varchar,
    rule varchar not null,
    stated double,
    tolerance double,
    unit varchar not null,
    needs varchar not null,
    sql varchar not null
);
comment on table claim is 'One row per claim of the literature, with the query that gathers the evidence on it.';
comment on column claim.claim is 'short name';
comment on column claim.statement is 'what is claimed';
comment on column claim.source is 'who claims it';
comment on column claim.url is 'where to read it';
comment on column claim.rule is 'how the evidence is judged: count, amount, none, above or most';
comment on column claim.stated is 'the number claimed; of rule most the share of subjects';
comment on column claim.tolerance is 'how far from it counts as agreement; of rule none the margin around nought';
comment on column claim.unit is 'points or examples';
comment on column claim.needs is 'what has to be measured to test it';
comment on column claim.sql is 'gives the evidence: evidence, subject, replicate, value, lacking';
