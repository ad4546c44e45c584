-- Of what there are several in spans, where something begins at most four days after
-- something else ends, as follows has it: only these can go on as another one. Each
-- statement that looks for them takes as long for none as for a thousand. There are
-- several where the least is not the greatest: counting them would take a table for each.
SELECT near AND coalesce(min(SkuMeter) <> max(SkuMeter), false) OR near AND coalesce(min(x_MeterId) <> max(x_MeterId), false),
       near AND coalesce(min(BillingAccountId) <> max(BillingAccountId), false) OR near AND coalesce(min(SubAccountId) <> max(SubAccountId), false),
       near AND coalesce(min(ResourceId) <> max(ResourceId), false)
FROM spans, (
    SELECT list_has_any(list_filter(begun, lambda d: d > begun[1]),
           flatten(list_transform(list_filter(ended, lambda d: d < ended[-1]), lambda d: [d, d + 1, d + 2, d + 3, d + 4]))) AS near
    FROM (SELECT list_sort(list(DISTINCT first)) AS begun, list_sort(list(DISTINCT last)) AS ended FROM spans)
)
GROUP BY near;
