SELECT * EXCLUDE (owner) FROM owned_days WHERE owner = {owner}
