-- A load. Its scopes and charges come after.
INSERT INTO loads BY NAME
SELECT $load AS load_id, $ref AS ref, $sha256 AS sha256, $bytes AS bytes, $format AS format, $title AS title, $cost_type AS cost_type,
       $rows AS rows, $rejected AS rejected, $rounded AS rounded, $loaded_at AS loaded_at, nullif($version, '') AS version,
       $submitted AS submitted, nullif($kept, '') AS kept, $agreement AS agreement, $outranks AS outranks;
