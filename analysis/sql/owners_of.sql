-- Whose the charges are that have the values $billing_account to $meter of the dimensions, NULL for
-- any, and the value $value of the tag $tag: on the days $first to $last, or, where there are
-- none, on the last day before them. '' is none.
WITH theirs AS (
    SELECT ChargePeriodStart::DATE AS day, coalesce(x_Owner, '') AS owner
    FROM usage
    WHERE ($billing_account::VARCHAR IS NULL OR lower(coalesce(BillingAccountId, '')) = lower($billing_account))
      AND ($subaccount::VARCHAR IS NULL OR lower(coalesce(SubAccountId, '')) = lower($subaccount))
      AND ($resource_group::VARCHAR IS NULL OR lower(coalesce(x_ResourceGroupName, '')) = lower($resource_group))
      AND ($service::VARCHAR IS NULL OR coalesce(ServiceName, '') = $service)
      AND ($region::VARCHAR IS NULL OR coalesce(RegionId, '') = $region)
      AND ($resource::VARCHAR IS NULL OR lower(coalesce(ResourceId, '')) = lower($resource))
      AND ($meter::VARCHAR IS NULL OR coalesce(SkuMeter, '') = $meter)
      AND ($tag::VARCHAR IS NULL OR list_contains(map_extract(Tags, $tag), $value))
      AND ChargePeriodStart < $last::DATE + 1
)
SELECT DISTINCT owner FROM theirs
WHERE day >= least($first::DATE, (SELECT max(day) FROM theirs))
ORDER BY owner;
