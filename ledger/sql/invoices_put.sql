-- One more invoice.
INSERT INTO invoices
SELECT $account, $period, $number, $kind, $date, $due, $currency,
       $net::VARCHAR::DECIMAL(38, 18), $tax::VARCHAR::DECIMAL(38, 18), $credits::VARCHAR::DECIMAL(38, 18), $total::VARCHAR::DECIMAL(38, 18),
       $purchases::VARCHAR::DECIMAL(38, 18), $support::VARCHAR::DECIMAL(38, 18), nullif($file, ''), nullif($sha256, ''), $added_at;
