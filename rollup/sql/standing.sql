SET VARIABLE part = (SELECT coalesce(max(part), 0) FROM parts WHERE owner = {owner});
