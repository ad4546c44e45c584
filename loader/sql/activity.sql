-- What was done to resources, in the place of what an earlier file said of the same. One
-- that says the same, or less of the size, is left alone, whatever its file's name. $rows are records as a list
-- in JSON, each of another id, and $ref is the file.
INSERT INTO activity BY NAME
SELECT id, ResourceId, done_at, what, size, operation, caller, $ref::VARCHAR AS x_SourceFile
FROM (
    SELECT unnest(from_json($rows::VARCHAR, '[{"id": "VARCHAR", "ResourceId": "VARCHAR", "done_at": "TIMESTAMP", "what": "VARCHAR", "size": "VARCHAR",
        "operation": "VARCHAR", "caller": "VARCHAR"}]'), recursive := true)
)
ON CONFLICT DO UPDATE SET
    done_at = excluded.done_at, what = excluded.what, size = coalesce(excluded.size, activity.size), operation = excluded.operation,
    caller = excluded.caller, x_SourceFile = excluded.x_SourceFile
    WHERE (activity.done_at, activity.what, activity.size, lower(activity.operation), activity.caller) IS DISTINCT FROM
        (excluded.done_at, excluded.what, coalesce(excluded.size, activity.size), lower(excluded.operation), excluded.caller);
