-- Whether any file says what of commitments was used: those of what is billed alone do not.
SELECT EXISTS (FROM current_keys WHERE CommitmentDiscountId <> '' AND cost_type <> 'actual');
