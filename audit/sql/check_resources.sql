-- The service in which each of the resources $resources costs most; several, where these cost the same.
SELECT ResourceId, ServiceName FROM (
    SELECT ResourceId, ServiceName, sum(abs(effective)) AS cost
    FROM audited WHERE ResourceId IN (SELECT unnest($resources::VARCHAR[])) GROUP BY ResourceId, ServiceName, x_ResourceGroupName
)
QUALIFY rank() OVER (PARTITION BY ResourceId ORDER BY cost DESC) = 1
ORDER BY ResourceId, ServiceName
