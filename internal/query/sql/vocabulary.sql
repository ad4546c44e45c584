-- What a connection begins with, views and the tables that stand for some; their
-- columns, and what they say of themselves.
SELECT c.table_name, coalesce(v.comment, t.comment, ''), c.column_name, c.data_type, coalesce(c.comment, '')
FROM duckdb_columns() c
LEFT JOIN duckdb_views() v ON v.database_name = 'temp' AND v.view_name = c.table_name
LEFT JOIN duckdb_tables() t ON t.database_name = 'temp' AND t.table_name = c.table_name
WHERE c.database_name = 'temp' AND NOT c.internal
ORDER BY c.table_name <> 'usage', c.table_name <> 'daily', c.table_name, c.column_index
