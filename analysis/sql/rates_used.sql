-- The first and the last day of the rates at which costs are converted.
SELECT min(date), max(date) FROM day_rates;
