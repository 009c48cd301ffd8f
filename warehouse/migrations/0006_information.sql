-- What the inputs of an intermediate task tell the encoder of its labels, example by example.

create table pointwise_information (
    run_id varchar not null,
    position smallint not null,
    task varchar not null,
    split varchar not null,
    language varchar not null,
    example_id varchar not null,
    bits double,
    null_bits double
);
comment on table pointwise_information is 'One row per dev example of one intermediate stage of a run: what its input tells of its label (Ethayarajh et al., 2022).';
comment on column pointwise_information.run_id is 'the run';
comment on column pointwise_information.position is 'number of the stage';
comment on column pointwise_information.task is 'task of the example, one of the stage';
comment on column pointwise_information.split is 'split it is of';
comment on column pointwise_information.language is 'its language';
comment on column pointwise_information.example_id is 'its id';
comment on column pointwise_information.bits is '-log2 of the probability that the trained stage gives the gold label';
comment on column pointwise_information.null_bits is 'the same of a model trained on inputs without content; null_bits - bits is the pointwise V-information';
