-- Leaves of load_lines what lies on the days of preferred_days.
DELETE FROM load_lines l
WHERE NOT EXISTS (
    SELECT 1 FROM preferred_days p
    WHERE p.SubAccountId = l.SubAccountId AND l.day >= p.from_day AND l.day < p.to_day
);
