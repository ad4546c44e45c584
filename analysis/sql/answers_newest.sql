-- The newest answer to each finding, and what the finding was when it was told last.
SELECT a.finding, a.answer, a.said_by, a.said_at::DATE, a.until, a.note, coalesce(f.series, ''), f.start, f."end", coalesce(f.impact, 0)
FROM answers a LEFT JOIN findings f ON f.id = a.finding
QUALIFY row_number() OVER (PARTITION BY a.finding ORDER BY a.said_at DESC, a.rowid DESC) = 1
ORDER BY a.finding;
