-- The values that begin with $prefix, at most $most of them. {column} and {table} are
-- those of texts_column.
SELECT DISTINCT {column} FROM {table}
WHERE starts_with(lower({column}), lower($prefix))
ORDER BY 1 LIMIT $most;
