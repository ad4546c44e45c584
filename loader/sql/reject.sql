-- A row of load $load that was not loaded.
INSERT INTO rejects VALUES ($load, $ref, $line, $column, $value, $reason);
