-- Findings told before.
SELECT id, series, start, "end" FROM findings ORDER BY id;
