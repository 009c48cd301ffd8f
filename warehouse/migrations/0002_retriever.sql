-- How a run makes vectors of texts, for its scores of retrieval tasks.

create table retriever (
    run_id varchar not null,
    task varchar not null,
    layer integer,
    layers integer,
    pooling varchar,
    special_tokens boolean
);
comment on table retriever is 'One row per run and retrieval task: how texts become the vectors its scores come from.';
comment on column retriever.run_id is 'the run';
comment on column retriever.task is 'the retrieval task';
comment on column retriever.layer is 'hidden state that is pooled, 0 is the embeddings';
comment on column retriever.layers is 'layers of the encoder';
comment on column retriever.pooling is 'mean over the tokens, or cls: the first one';
comment on column retriever.special_tokens is 'does the mean count the special tokens?';
