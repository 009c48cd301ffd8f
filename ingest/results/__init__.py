"""Results of others, one format a file: what they hold, without judging it."""
