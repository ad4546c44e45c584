-- Of each earlier period, on how many days that are compared with it an account has no usage, in the period itself
-- or then. A report that knows such days to be without data says no change in percent. Of a period that is compared as
-- a whole these are all its days, also those behind the last with usage.
WITH days AS (
    SELECT k, account, unnest(generate_series(first, least(coalesce(same_end, end_day), end_day, CASE WHEN k = 0 AND parts > 0 THEN reach + 1 ELSE end_day END) - 1, INTERVAL 1 DAY))::DATE AS day
    FROM compared, (SELECT count(same_end) AS parts FROM compared)
), empty AS (
    SELECT k, count(*) AS days FROM days d
    WHERE NOT EXISTS (SELECT 1 FROM audited a WHERE a.account = d.account AND a.day = d.day AND a.category = 'Usage')
    GROUP BY k
)
SELECT c.k, coalesce((SELECT days FROM empty WHERE k = 0), 0) + coalesce(e.days, 0)
FROM (SELECT DISTINCT k FROM compared WHERE k > 0) c LEFT JOIN empty e USING (k)
