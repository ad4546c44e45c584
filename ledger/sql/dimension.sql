-- Which value each charge has in a dimension that people made: of the rules that take it the
-- first. Follows owners_matched.
SELECT {name}, o.key_id, o.first_day, o.end_day, r.owner
FROM (
    SELECT m.key_id, s.first_day, s.end_day, min(m.line) AS line
    FROM matched m
    JOIN rules r ON r.line = m.line
    JOIN stretches s ON r.first_day <= s.first_day AND s.end_day <= r.end_day
    GROUP BY ALL
) o
JOIN rules r ON r.line = o.line;
