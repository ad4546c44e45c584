-- What goes on under another name, known up to day $last; with the resource group in
-- which a resource goes on, '' where it has none.
SELECT l.kind, l.dimension, l.old, l.new, l.SubAccountId, l.ResourceId, l.ServiceName, coalesce(g.grp, '')
FROM links l
LEFT JOIN (SELECT ResourceId, max(x_ResourceGroupName) AS grp FROM series GROUP BY ResourceId) g
    ON l.kind = 'resource_id' AND g.ResourceId = l.new
WHERE l.first_new <= $last
ORDER BY ALL;
