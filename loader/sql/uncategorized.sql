-- The charges of the loads $first to $last whose category is none of FOCUS's: by load, their number and what stands there.
SELECT c.load_id, count(*), list(DISTINCT coalesce(k.ChargeCategory, '') ORDER BY coalesce(k.ChargeCategory, ''))::VARCHAR[]
FROM (
    SELECT key_id, ChargeCategory FROM load_keys
    WHERE coalesce(ChargeCategory, '') NOT IN ('Usage', 'Purchase', 'Credit', 'Tax', 'Adjustment')
) k
JOIN charges c USING (key_id)
WHERE c.load_id BETWEEN $first AND $last
GROUP BY c.load_id;
