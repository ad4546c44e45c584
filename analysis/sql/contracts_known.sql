-- Whether a file says when commitments end, or when they were bought.
SELECT EXISTS (FROM contract_commitments) OR EXISTS (FROM reservations WHERE kind = 'transaction');
