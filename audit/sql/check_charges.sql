-- The charges in currency $currency up to day $last, a row for each day and series. Where
-- only amortized files are loaded, and no other is asked for, cost is effective cost; $effective says which is. An account of which all goes on
-- in another that is charged in this currency, and which has no bill any more from day $first on, of purchases neither, is that other; one that
-- has, goes on in it. Of one owner's charges those of $moves alone do, "old new" each, for what
-- all of an account does is known of all owners'; NULL is of all charges.
WITH used_days AS ( -- numbered, for of days without usage nothing is known, unless most have none
    SELECT day, CASE WHEN 2 * count(*) OVER () > max(day) OVER () - min(day) OVER () THEN row_number() OVER (ORDER BY day) ELSE day - min(day) OVER () END AS n
    FROM (SELECT DISTINCT ChargePeriodStart::DATE AS day FROM usage WHERE ChargeCategory = 'Usage')
), spans AS (
    SELECT CASE WHEN coalesce(SubAccountId, '') <> '' THEN SubAccountId ELSE BillingAccountId END AS account, max(coalesce(SubAccountName, '')) AS name,
           min(n) FILTER (used) AS first, max(n) FILTER (used) AS last,
           max(BillingPeriodEnd::DATE) FILTER (used OR BillingCurrency = $currency) AS end_day,
           list(DISTINCT lower(regexp_extract(ResourceId, '[^/]+$'))) FILTER (used AND ResourceId <> '') AS things,
           bool_or(used AND BillingCurrency = $currency) AS paid
    FROM (SELECT *, coalesce(ChargeCategory, '') = 'Usage' AS used FROM usage)
    LEFT JOIN used_days ON day = ChargePeriodStart::DATE WHERE ChargePeriodStart::DATE <= $last GROUP BY 1 HAVING bool_or(used)
), follows AS (
    SELECT o.account AS old, n.account AS new, o.end_day <= $first AS over
    FROM spans o JOIN spans n ON n.paid AND n.account <> o.account AND n.first - o.last BETWEEN 0 AND 4 AND o.first < n.first AND o.last < n.last
    WHERE ($moves::VARCHAR[] IS NULL OR concat(o.account, ' ', n.account) IN (SELECT unnest($moves::VARCHAR[]))) AND (o.name <> '' AND o.name = n.name OR (len(o.things) > 1 OR n.first - o.last <= 1 AND o.last - o.first >= 13) AND 10 * len(list_intersect(o.things, n.things)) >= 8 * len(o.things))
    QUALIFY count(*) OVER (PARTITION BY o.account) = 1
)
SELECT u.id, CASE WHEN f.over THEN f.new ELSE u.id END AS account, CASE WHEN NOT f.over THEN f.new END AS goes_on,
       x_BillingPeriod AS bill, BillingPeriodStart::DATE AS bill_first, BillingPeriodEnd::DATE AS bill_end,
       ChargePeriodStart::DATE AS day, day >= bill_first AND day < bill_end AS inside,
       coalesce(ChargeCategory, '') AS category, coalesce(ChargeClass, '') AS class, BillingAccountId, coalesce(SubAccountId, '') AS SubAccountId,
       coalesce(x_ResourceGroupName, '') AS x_ResourceGroupName, coalesce(ServiceName, '') AS ServiceName,
       coalesce(RegionId, '') AS RegionId, coalesce(ResourceId, '') AS ResourceId, coalesce(SkuMeter, '') AS SkuMeter,
       coalesce(ConsumedUnit, '') AS unit, coalesce(x_Owner, '') AS owner, x_LoadId AS load_id,
       sum(CASE WHEN coalesce($effective, amortized) THEN EffectiveCost ELSE BilledCost END) AS cost, sum(EffectiveCost) AS effective,
       sum(ConsumedQuantity) AS quantity,
       max(CASE WHEN ChargePeriodEnd <= ChargePeriodStart + INTERVAL 25 HOUR THEN (ChargePeriodEnd - INTERVAL 1 MICROSECOND)::DATE
                ELSE ChargePeriodStart::DATE END) AS lasts
FROM (SELECT *, CASE WHEN coalesce(SubAccountId, '') <> '' THEN SubAccountId ELSE BillingAccountId END AS id FROM usage) u
CROSS JOIN (SELECT bool_and(x_CostType = 'amortized') AS amortized FROM usage WHERE BillingCurrency = $currency)
LEFT JOIN follows f ON f.old = u.id
WHERE BillingCurrency = $currency AND ChargePeriodStart::DATE <= $last
GROUP BY ALL
