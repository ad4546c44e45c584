-- Rows of a file of reservations, as JSON in $rows.
INSERT INTO reservations_said
SELECT r.scope, r.id, r.said
FROM (SELECT unnest(from_json($rows::VARCHAR, '[{"scope":"VARCHAR","id":"VARCHAR","said":"MAP(VARCHAR, VARCHAR)"}]')) AS r);
