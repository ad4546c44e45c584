-- The last day up to $last with a charge in any currency.
SELECT max(ChargePeriodStart::DATE) FROM usage WHERE ChargePeriodStart::DATE <= $last
