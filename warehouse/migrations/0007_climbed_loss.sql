-- What one radius of an attack on embeddings found by itself; the curve also counts what smaller ones found.

alter table embedding_attack add column climbed_loss double;
-- Of the rows there are, each radius was walked for itself.
update embedding_attack set climbed_loss = loss;
comment on column embedding_attack.fooled is 'of these, fooled at any point found within this radius';
comment on column embedding_attack.loss is 'mean loss of the worst points found within this radius, by its own walk or that of a smaller one; never falls';
comment on column embedding_attack.climbed_loss is 'mean loss of the worst points that the walk of this radius found; a fall from a smaller radius shows that gradients mislead';
