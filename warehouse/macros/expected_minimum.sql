-- Mean of the smallest of k results over all ways to take k of them, unbiased for k new draws; of 0 and 1 it is worst_of_k; NULL for fewer than k.
-- results: list of the results of one example, one a draw
-- k: draws of which the smallest counts
-- The i-th smallest of n is the smallest of k in C(n - i, k - 1) of the C(n, k) choices.
case
    when k between 1 and len(results)
        then list_sum(
            list_transform(
                list_sort(results),
                lambda _result, _rank: _result * worst_of_k(len(results) - _rank, len(results) - 1, k - 1)
            )
        ) * k / len(results)
end
