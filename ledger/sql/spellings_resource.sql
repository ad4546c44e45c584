-- As spellings.sql, for the names of resources, which belong to a resource id.
-- Only names that load $load holds can have changed.
WITH written AS (
    SELECT ResourceId AS folded, resource_written AS spelling, sum(rows) AS n
    FROM keys WHERE ResourceId IN (SELECT ResourceId FROM keys WHERE scope_id IN (SELECT scope_id FROM scopes WHERE load_id = $load))
    GROUP BY ALL
), best AS (
    SELECT folded, arg_max(spelling, (n, spelling)) AS spelling FROM written GROUP BY folded
)
UPDATE keys SET ResourceName = best.spelling
FROM best WHERE keys.ResourceId = best.folded AND keys.ResourceName <> best.spelling;
