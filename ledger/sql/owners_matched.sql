-- Which rules of an owners file take which charges, by their texts: begins the
-- statements that ask it, of the table matched (key_id, line). Patterns, terms
-- and rules are the file's, as JSON: what is compared, which of it each rule wants or
-- does not want, and the days on which a rule holds. Cells are the texts that it is
-- compared with (key_id, col, value). However many rules there are, the plan is the same:
-- patterns find their texts by equality, but for those with * or ? before other letters.
WITH patterns AS (
    SELECT pattern, CASE WHEN col LIKE 'Tags.%' THEN 'Tags.' || lower(col[6:]) ELSE col END AS col, kind, lower(text) AS text
    FROM (SELECT unnest(from_json({patterns}, '[{"pattern": "INTEGER", "col": "VARCHAR", "kind": "VARCHAR", "text": "VARCHAR"}]'), recursive := true))
), terms AS (
    SELECT unnest(from_json({terms}, '[{"line": "INTEGER", "pattern": "INTEGER", "neg": "BOOLEAN"}]'), recursive := true)
), rules AS (
    SELECT unnest(from_json({rules}, '[{"line": "INTEGER", "first_day": "DATE", "end_day": "DATE", "owner": "VARCHAR"}]'), recursive := true)
), stretches AS (
    SELECT unnest(from_json({stretches}, '[{"first_day": "DATE", "end_day": "DATE"}]'), recursive := true)
), cells AS MATERIALIZED (
    {cells}
), texts AS MATERIALIZED (
    SELECT DISTINCT col, value, lower(value) AS low FROM cells
), ends AS (
    SELECT DISTINCT col, kind, length(text) AS n FROM patterns WHERE kind IN ('begins', 'ends')
), seen AS (
    SELECT p.pattern, t.col, t.value FROM patterns p JOIN texts t ON t.col = p.col AND t.low = p.text WHERE p.kind = 'is'
    UNION ALL
    SELECT p.pattern, t.col, t.value
    FROM patterns p
    JOIN (SELECT t.col, t.value, e.kind, CASE WHEN e.kind = 'begins' THEN left(t.low, e.n) ELSE right(t.low, e.n) END AS part
          FROM texts t JOIN ends e ON e.col = t.col) t
        ON t.col = p.col AND t.kind = p.kind AND t.part = p.text
    UNION ALL
    SELECT p.pattern, t.col, t.value FROM patterns p JOIN texts t ON t.col = p.col AND contains(t.low, p.text) WHERE p.kind = 'holds'
    UNION ALL
    SELECT p.pattern, t.col, t.value FROM patterns p JOIN texts t ON t.col = p.col AND t.low LIKE p.text ESCAPE '\' WHERE p.kind = 'like'
), hits AS MATERIALIZED (
    SELECT c.key_id, s.pattern FROM cells c JOIN seen s ON s.col = c.col AND s.value = c.value
), anchors AS ( -- of what each rule wants, what the fewest charges have
    SELECT t.line, arg_min(t.pattern, coalesce(h.n, 0)) AS pattern
    FROM terms t LEFT JOIN (SELECT pattern, count(*) AS n FROM hits GROUP BY ALL) h ON h.pattern = t.pattern
    WHERE NOT t.neg
    GROUP BY t.line
), candidates AS (
    SELECT h.key_id, a.line FROM anchors a JOIN hits h ON h.pattern = a.pattern
), matched AS (
    SELECT c.key_id, c.line
    FROM candidates c JOIN terms t ON t.line = c.line LEFT JOIN hits h ON h.key_id = c.key_id AND h.pattern = t.pattern
    GROUP BY ALL
    HAVING bool_and((h.key_id IS NOT NULL) <> t.neg)
)
