-- The windows that are asked about, in the table {windows}: of the owner $parts, where owners are told apart, comparison $ks, of the account of $accounts, of the bill of
-- $periods or, where that is empty, of whatever bill, on the days from $from up to, not including,
-- $end, as far as is known up to $to; days are those since 1970.
CREATE OR REPLACE TEMP TABLE {windows} AS
SELECT unnest($parts::BIGINT[]) AS part, unnest($ks::BIGINT[])::INTEGER AS k, unnest($accounts::VARCHAR[]) AS account, nullif(unnest($periods::VARCHAR[]), '') AS period,
       DATE '1970-01-01' + unnest($from::BIGINT[])::INTEGER AS from_day, DATE '1970-01-01' + unnest($end::BIGINT[])::INTEGER AS end_day,
       DATE '1970-01-01' + unnest($to::BIGINT[])::INTEGER AS to_day;
