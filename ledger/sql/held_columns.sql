-- Of which dimensions the current charges of the places whose names begin with $begin have any
-- value; no row where there is no such charge.
SELECT count(ResourceId) > 0, count(x_ResourceGroupName) > 0, count(RegionId) > 0, count(SkuMeter) > 0
FROM current_keys WHERE starts_with(ref, $begin)
HAVING count(*) > 0;
