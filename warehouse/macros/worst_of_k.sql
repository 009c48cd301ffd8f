-- Chance that k of the draws, taken without replacement, are all right: C(correct, k) / C(draws, k); NULL for fewer draws than k.
-- correct: draws that were right
-- draws: draws there are
-- k: draws that must all be right
case
    when k between 0 and draws
        then coalesce(list_product([greatest(correct - _taken, 0) / (draws - _taken) for _taken in range(k)]), 1)
end
