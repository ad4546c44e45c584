-- Findings that were told, a list for each column.
INSERT OR REPLACE INTO findings
SELECT unnest($ids::VARCHAR[]), unnest($series::VARCHAR[]), unnest($kinds::VARCHAR[]), unnest($directions::VARCHAR[]), unnest($currencies::VARCHAR[]),
       unnest($starts::VARCHAR[])::DATE, unnest($ends::VARCHAR[])::DATE, unnest($impacts::VARCHAR[])::DECIMAL(38, 18);
