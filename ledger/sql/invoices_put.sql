-- One more invoice.
INSERT INTO invoices
SELECT $1, $2, $3, $4, $5, $6, $7,
       $8::VARCHAR::DECIMAL(38, 18), $9::VARCHAR::DECIMAL(38, 18), $10::VARCHAR::DECIMAL(38, 18), $11::VARCHAR::DECIMAL(38, 18),
       $12::VARCHAR::DECIMAL(38, 18), $13::VARCHAR::DECIMAL(38, 18), nullif($14, ''), nullif($15, ''), $16;
