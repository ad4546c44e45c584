-- The resource types of load $load that have no ServiceCategory, the most frequent
-- first; '' where a charge has no type.
SELECT coalesce(ResourceType, ''), sum(rows)::BIGINT
FROM keys WHERE scope_id IN (SELECT scope_id FROM scopes WHERE load_id = $load) AND ServiceCategory IS NULL
GROUP BY 1 ORDER BY 2 DESC, 1;
