-- The hours of each reservation on the days of the period: reserved and used.
WITH days AS (
    SELECT said['reservationid'] AS id, max(said['reservedhours']::DECIMAL(38, 18)) AS reserved, sum(said['usedhours']::DECIMAL(38, 18)) AS used
    FROM reservations WHERE kind = 'hours' AND said['usagedate']::DATE >= $first AND said['usagedate']::DATE <= $last
    GROUP BY 1, said['usagedate']
)
SELECT id, sum(reserved), sum(used) FROM days GROUP BY id ORDER BY id
