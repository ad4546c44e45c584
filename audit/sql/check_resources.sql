-- The service and group in which each of the resources $resources costs most, in the period and
-- the one before; of those that cost the same, the first.
SELECT ResourceId, first(ServiceName ORDER BY cost DESC, ServiceName, x_ResourceGroupName) FROM (
    SELECT a.ResourceId, a.ServiceName, a.x_ResourceGroupName, sum(abs(a.cost)) AS cost FROM audited a
    WHERE a.ResourceId IN (SELECT unnest($resources::VARCHAR[])) GROUP BY ALL
) GROUP BY ResourceId ORDER BY ResourceId
