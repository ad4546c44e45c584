-- All answers, with the findings that they were given to.
SELECT a.finding, a.answer, a.said_by, a.said_at, a.until, a.note,
       row_number() OVER (PARTITION BY a.finding ORDER BY a.said_at DESC, a.rowid DESC) = 1,
       f.kind, f.direction, f.start, f.impact, f.currency
FROM answers a JOIN findings f ON f.id = a.finding
ORDER BY a.said_at DESC, a.rowid DESC;
