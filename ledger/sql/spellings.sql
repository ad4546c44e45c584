-- Names that Azure spells in several ways show their most frequent spelling.
-- Only names that load $load holds can have changed.
WITH written AS (
    SELECT lower(group_written) AS folded, group_written AS spelling, sum(rows) AS n
    FROM keys WHERE lower(group_written) IN (SELECT lower(group_written) FROM keys WHERE scope_id IN (SELECT scope_id FROM scopes WHERE load_id = $load))
    GROUP BY ALL
), best AS (
    SELECT folded, arg_max(spelling, (n, spelling)) AS spelling FROM written GROUP BY folded
)
UPDATE keys SET x_ResourceGroupName = best.spelling
FROM best WHERE lower(keys.group_written) = best.folded AND keys.x_ResourceGroupName <> best.spelling;
