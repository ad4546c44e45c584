-- What the bill $bill has on days that are not its own.
SELECT coalesce(sum(cost), 0) FROM audited WHERE bill = $bill AND NOT inside
