-- What the ledger knows of the loads $first to $last themselves, oldest first.
SELECT load_id, ref, sha256, bytes, format, title, cost_type, rows, rejected, rounded, loaded_at, coalesce(version, ''), submitted, coalesce(kept, '')
FROM loads WHERE load_id BETWEEN $first AND $last
ORDER BY load_id;
