-- Whose the charges are that have the values $1 to $7 of the dimensions, NULL for
-- any, and the value $9 of the tag $8: on the days $10 to $11, or, where there are
-- none, on the last day before them. '' is nobody.
WITH theirs AS (
    SELECT ChargePeriodStart::DATE AS day, coalesce(x_Owner, '') AS owner
    FROM usage
    WHERE ($1::VARCHAR IS NULL OR lower(coalesce(BillingAccountId, '')) = lower($1))
      AND ($2::VARCHAR IS NULL OR lower(coalesce(SubAccountId, '')) = lower($2))
      AND ($3::VARCHAR IS NULL OR lower(coalesce(x_ResourceGroupName, '')) = lower($3))
      AND ($4::VARCHAR IS NULL OR coalesce(ServiceName, '') = $4)
      AND ($5::VARCHAR IS NULL OR coalesce(RegionId, '') = $5)
      AND ($6::VARCHAR IS NULL OR lower(coalesce(ResourceId, '')) = lower($6))
      AND ($7::VARCHAR IS NULL OR coalesce(SkuMeter, '') = $7)
      AND ($8::VARCHAR IS NULL OR list_contains(map_extract(Tags, $8), $9))
      AND ChargePeriodStart < $11::DATE + 1
)
SELECT DISTINCT owner FROM theirs
WHERE day >= least($10::DATE, (SELECT max(day) FROM theirs))
ORDER BY owner;
