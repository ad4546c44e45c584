-- What the ledger knows of load $load itself.
SELECT load_id, ref, sha256, bytes, format, title, cost_type, rows, rejected, rounded, loaded_at, coalesce(version, ''), submitted, coalesce(kept, '')
FROM loads WHERE load_id = $load;
