-- Findings that were told, a list for each column.
INSERT OR REPLACE INTO findings
SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]), unnest($3::VARCHAR[]), unnest($4::VARCHAR[]), unnest($5::VARCHAR[]),
       unnest($6::VARCHAR[])::DATE, unnest($7::VARCHAR[])::DATE, unnest($8::VARCHAR[])::DECIMAL(38, 18);
