-- The table of the ledger that keeps the column $column as texts, and its name there.
SELECT table_name, column_name
FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = 'main' AND table_name IN ('keys', 'scopes')
  AND data_type = 'VARCHAR' AND lower(column_name) = lower($column)
ORDER BY table_name DESC LIMIT 1;
