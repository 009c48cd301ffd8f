-- Adaptive attacks: how each ended, what it did to each example, and curves of attacks on embeddings.

create table attack (
    run_id varchar not null,
    task varchar not null,
    split varchar not null,
    language varchar not null,
    attack varchar not null,
    settings varchar not null,
    seed bigint not null,
    budget integer not null,
    victim_run_id varchar not null,
    n bigint,
    clean_right bigint,
    fooled bigint,
    verified bigint,
    error varchar
);
comment on table attack is 'One row per adaptive attack of one run on one language, finished.';
comment on column attack.run_id is 'the run that is attacked';
comment on column attack.task is 'task whose examples are attacked';
comment on column attack.split is 'its split';
comment on column attack.language is 'code of the language';
comment on column attack.attack is 'name of the attack, see xtb names attacks';
comment on column attack.settings is 'name=value of all that decides the texts: settings, constraints, the sample (limit)';
comment on column attack.seed is 'seed of its draws';
comment on column attack.budget is 'most queries (forward examples) an example';
comment on column attack.victim_run_id is 'run that the texts were made against: run_id, or another one whose texts are replayed';
comment on column attack.n is 'examples';
comment on column attack.clean_right is 'of these, right on the clean text: only they are attacked';
comment on column attack.fooled is 'of these, fooled by a text that was found';
comment on column attack.verified is 'of these, fooled again by the stored text in a fresh forward pass: the successes';
comment on column attack.error is 'why there are no counts: not applicable';

create table attack_outcome (
    run_id varchar not null,
    task varchar not null,
    split varchar not null,
    language varchar not null,
    attack varchar not null,
    settings varchar not null,
    seed bigint not null,
    budget integer not null,
    victim_run_id varchar not null,
    example_id varchar not null,
    clean_right boolean,
    fooled boolean,
    verified boolean,
    clean_correct double,
    adversarial_correct double,
    clean_exact double,
    adversarial_exact double,
    clean_prediction varchar,
    adversarial_prediction varchar,
    clean_loss double,
    adversarial_loss double,
    queries integer,
    edits integer,
    edit_rate double,
    chrf double,
    similarity double,
    token_changed boolean,
    unedited_flipped boolean,
    original varchar,
    adversarial varchar
);
comment on table attack_outcome is 'One row per example of one adaptive attack of one run.';
comment on column attack_outcome.run_id is 'the run that is attacked';
comment on column attack_outcome.task is 'task whose examples are attacked';
comment on column attack_outcome.split is 'its split';
comment on column attack_outcome.language is 'code of the language';
comment on column attack_outcome.attack is 'name of the attack';
comment on column attack_outcome.settings is 'name=value of all that decides the texts';
comment on column attack_outcome.seed is 'seed of its draws';
comment on column attack_outcome.budget is 'most queries an example';
comment on column attack_outcome.victim_run_id is 'run that the text was made against';
comment on column attack_outcome.example_id is 'the example; the same id as in outcome';
comment on column attack_outcome.clean_right is 'right on the clean text by the goal of the attack? others are not attacked';
comment on column attack_outcome.fooled is 'was a text found that the model gets wrong?';
comment on column attack_outcome.verified is 'does the stored text fool it again in a fresh forward pass? NULL where none was found';
comment on column attack_outcome.clean_correct is 'as in outcome, on the clean text';
comment on column attack_outcome.adversarial_correct is 'as in outcome, on the adversarial text';
comment on column attack_outcome.clean_exact is 'exact match (span) or rank 1 (retrieval) on the clean text';
comment on column attack_outcome.adversarial_exact is 'the same on the adversarial text';
comment on column attack_outcome.clean_prediction is 'what the model said of the clean text';
comment on column attack_outcome.adversarial_prediction is 'what it said of the adversarial text';
comment on column attack_outcome.clean_loss is 'what the attack maximises, on the clean text';
comment on column attack_outcome.adversarial_loss is 'the same on the adversarial text';
comment on column attack_outcome.queries is 'forward examples spent until success or the end';
comment on column attack_outcome.edits is 'grapheme clusters that differ (Levenshtein)';
comment on column attack_outcome.edit_rate is 'edits as a share of the clusters of the original';
comment on column attack_outcome.chrf is 'chrF2 of the adversarial text against the original';
comment on column attack_outcome.similarity is 'cosine of the two under the frozen encoder of the settings; NULL without one';
comment on column attack_outcome.token_changed is 'do the input ids of the encoder differ?';
comment on column attack_outcome.unedited_flipped is 'tags: did the tag of a word that was not edited change?';
comment on column attack_outcome.original is 'JSON of the fields that differ, as they were; NULL without an adversarial text';
comment on column attack_outcome.adversarial is 'the same fields of the adversarial text: of the one that fooled, else of the highest loss';

create table embedding_attack (
    run_id varchar not null,
    task varchar not null,
    split varchar not null,
    language varchar not null,
    attack varchar not null,
    settings varchar not null,
    seed bigint not null,
    radius double not null,
    norm double,
    n bigint,
    clean_right bigint,
    fooled bigint,
    clean_loss double,
    loss double
);
comment on table embedding_attack is 'One row per radius of an attack on the embeddings of a run''s inputs: no text, so never part of attack success.';
comment on column embedding_attack.run_id is 'the run that is attacked';
comment on column embedding_attack.task is 'task whose examples are attacked';
comment on column embedding_attack.split is 'its split';
comment on column embedding_attack.language is 'code of the language';
comment on column embedding_attack.attack is 'name of the attack';
comment on column embedding_attack.settings is 'name=value: steps, the sample';
comment on column embedding_attack.seed is 'seed of the random starts';
comment on column embedding_attack.radius is 'L2 radius around each token, in mean norms of the word embeddings; 0 is clean';
comment on column embedding_attack.norm is 'that mean norm';
comment on column embedding_attack.n is 'examples';
comment on column embedding_attack.clean_right is 'of these, right without the attack';
comment on column embedding_attack.fooled is 'of these, fooled at this radius';
comment on column embedding_attack.clean_loss is 'mean loss without the attack';
comment on column embedding_attack.loss is 'mean loss of the worst point found';
