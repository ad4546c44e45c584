-- The days on which load $load has charges (load_lines) of each account.
INSERT INTO preferred_days
SELECT SubAccountId, min(day), max(day) + 1
FROM (
    SELECT *, day - row_number() OVER (PARTITION BY SubAccountId ORDER BY day)::INTEGER AS stretch
    FROM (SELECT DISTINCT SubAccountId, day FROM load_lines WHERE load_id = $load)
)
GROUP BY SubAccountId, stretch;
