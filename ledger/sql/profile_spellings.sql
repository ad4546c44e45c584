-- How many resource groups and resources of load $load are spelled in several ways.
SELECT
    (SELECT count(*) FROM (SELECT lower(group_written) FROM keys WHERE scope_id IN (SELECT scope_id FROM scopes WHERE load_id = $load)
        GROUP BY 1 HAVING count(DISTINCT group_written) > 1)),
    (SELECT count(*) FROM (SELECT ResourceId FROM keys WHERE scope_id IN (SELECT scope_id FROM scopes WHERE load_id = $load)
        GROUP BY 1 HAVING count(DISTINCT resource_written) > 1));
