-- What of each finding (temporary table told) is charged for a commitment that is not used, by commitment.
SELECT t.finding, k.CommitmentDiscountId, sum(CASE WHEN k.shadowed THEN 0 ELSE c.EffectiveCost END) AS unused
FROM told t
JOIN key_series w ON w.series_id = t.series_id
JOIN current_keys k ON k.key_id = w.key_id AND k.shown AND k.CommitmentDiscountStatus = 'Unused' AND k.CommitmentDiscountId <> ''
JOIN charges c ON c.key_id = k.key_id AND c.ChargePeriodStart >= t.from_day AND c.ChargePeriodStart < t.to_day + 1
GROUP BY ALL
ORDER BY ALL;
