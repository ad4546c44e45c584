SELECT c.* FROM {ledger}.charges c
JOIN mine m ON m.key_id = c.key_id AND c.ChargePeriodStart >= m.first_day AND c.ChargePeriodStart < m.end_day
