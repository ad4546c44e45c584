-- How much of each reservation was used, by the hours that Azure's reservation details have; they have no cost.
-- period: the bill's name, like 2026-10 (default the month of the newest day)
SELECT x_ReservationId, max(x_SkuName) AS x_SkuName, sum(x_ReservedHours) AS reserved_hours, sum(x_UsedHours) AS used_hours,
       sum(greatest(x_ReservedHours - x_UsedHours, 0)) AS unused_hours,
       round(100 * sum(x_UsedHours)::DOUBLE / nullif(sum(x_ReservedHours), 0)::DOUBLE, 1) AS percent_used
FROM reservation_days
WHERE strftime(ChargePeriodStart, '%Y-%m') = coalesce($period, (SELECT strftime(max(ChargePeriodStart), '%Y-%m') FROM reservation_days))
GROUP BY x_ReservationId
ORDER BY unused_hours DESC, x_ReservationId;
