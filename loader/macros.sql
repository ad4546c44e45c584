-- What formats share. Temporary: they exist while files are loaded.

-- FinOps toolkit, docs-mslearn/focus/convert.md: the charge types of Azure and
-- FOCUS's ChargeCategory.
CREATE OR REPLACE TEMP MACRO azure_charge_category(t) AS CASE lower(coalesce(t, 'usage'))
    WHEN 'usage' THEN 'Usage'
    WHEN 'unusedreservation' THEN 'Usage'
    WHEN 'unusedsavingsplan' THEN 'Usage'
    WHEN 'purchase' THEN 'Purchase'
    WHEN 'refund' THEN 'Credit'
    WHEN 'credit' THEN 'Credit'
    WHEN 'tax' THEN 'Tax'
    ELSE 'Adjustment' END;

-- A word that FOCUS allows in a column, in its spelling; programs write it in capitals or small letters and with blanks, too.
CREATE OR REPLACE TEMP MACRO focus_word(w) AS CASE lower(trim(w))
    WHEN 'usage' THEN 'Usage'
    WHEN 'purchase' THEN 'Purchase'
    WHEN 'credit' THEN 'Credit'
    WHEN 'tax' THEN 'Tax'
    WHEN 'adjustment' THEN 'Adjustment'
    WHEN 'one-time' THEN 'One-Time'
    WHEN 'recurring' THEN 'Recurring'
    WHEN 'usage-based' THEN 'Usage-Based'
    WHEN 'standard' THEN 'Standard'
    WHEN 'dynamic' THEN 'Dynamic'
    WHEN 'committed' THEN 'Committed'
    WHEN 'other' THEN 'Other'
    WHEN 'used' THEN 'Used'
    WHEN 'unused' THEN 'Unused'
    ELSE nullif(trim(w), '') END;

CREATE OR REPLACE TEMP MACRO azure_charge_class(t) AS
    CASE WHEN lower(t) = 'refund' THEN 'Correction' END;

CREATE OR REPLACE TEMP MACRO azure_frequency(f) AS CASE lower(f)
    WHEN 'onetime' THEN 'One-Time'
    WHEN 'recurring' THEN 'Recurring'
    WHEN 'usagebased' THEN 'Usage-Based' END;

CREATE OR REPLACE TEMP MACRO azure_pricing_category(m) AS CASE replace(lower(m), ' ', '')
    WHEN 'ondemand' THEN 'Standard'
    WHEN 'reservation' THEN 'Committed'
    WHEN 'savingsplan' THEN 'Committed'
    WHEN 'spot' THEN 'Dynamic' END;

-- Used or Unused where a commitment covers the row, else NULL.
CREATE OR REPLACE TEMP MACRO azure_commitment_status(t, m) AS CASE
    WHEN lower(t) IN ('unusedreservation', 'unusedsavingsplan') THEN 'Unused'
    WHEN lower(coalesce(t, 'usage')) = 'usage' AND replace(lower(m), ' ', '') IN ('reservation', 'savingsplan') THEN 'Used' END;

-- The first day of the bill where the file gives a whole month, else of the
-- charge's month. The dates are US month-first or ISO.
CREATE OR REPLACE TEMP MACRO azure_day(s) AS
    try_strptime(left(s, 10), ['%m/%d/%Y', '%Y-%m-%d'])::DATE;
CREATE OR REPLACE TEMP MACRO azure_period_start(s, e, month) AS
    CASE WHEN day(azure_day(s)) = 1 AND azure_day(e) >= azure_day(s) THEN date_trunc('month', azure_day(s))::DATE ELSE month END;

CREATE OR REPLACE TEMP MACRO azure_region_id(r) AS
    CASE WHEN lower(r) NOT IN ('unassigned', 'others', 'not applicable') THEN replace(lower(r), ' ', '') END;

-- A subscription by its bare GUID: Azure Resource Manager has it as /subscriptions/GUID, and .NET may write braces around it.
CREATE OR REPLACE TEMP MACRO azure_subscription(id) AS
    lower(regexp_replace(id, '^(?:/?subscriptions/([^/]+)/?|\{([^{}]+)\})$', '\1\2', 'i'));

-- Parts of an Azure Resource Manager id, /subscriptions/S/resourceGroups/G/providers/P/T/N[/T2/N2].
CREATE OR REPLACE TEMP MACRO azure_resource_name(id) AS
    nullif(regexp_extract(id, '([^/]+)/*$', 1), '');
CREATE OR REPLACE TEMP MACRO azure_resource_group(id) AS
    nullif(regexp_extract(id, '/resourcegroups/([^/]+)', 1, 'i'), '');
-- The type is that of the innermost provider that has one. It is looked for behind the
-- last "/providers/" first, since the pattern that goes back from the end costs ten times
-- as much.
CREATE OR REPLACE TEMP MACRO azure_resource_type(id) AS
    CASE WHEN contains(lower(id), '/providers/') THEN coalesce(
        nullif(regexp_extract(split_part(lower(id), '/providers/', -1), '^([^/]+/[^/]+)/', 1), ''),
        nullif(regexp_extract(lower(id), '.*/providers/([^/]+/[^/]+)/', 1), '')) END;

-- Whether a charge buys a commitment or is covered by one.
CREATE OR REPLACE TEMP MACRO of_commitment(category, status) AS category = 'Committed' OR status IS NOT NULL;

-- An account of AWS has twelve digits. A spreadsheet takes the zeros in front for none, what reads it as a number writes .0 behind it, and
-- AWS's console has it in groups.
CREATE OR REPLACE TEMP MACRO aws_account(id) AS CASE
    WHEN regexp_full_match(id, '[0-9]{9,12}(\.0)?') THEN lpad(regexp_extract(id, '^[0-9]+'), 12, '0')
    WHEN regexp_full_match(id, '[0-9]{4}-[0-9]{4}-[0-9]{4}') THEN replace(id, '-', '')
    ELSE id END;

-- Whether FOCUS's words for who provides it name AWS.
CREATE OR REPLACE TEMP MACRO of_aws(provider, other) AS regexp_matches(lower(coalesce(provider, other, '')), '^(aws|amazon)');

-- AWS's line item types and FOCUS's ChargeCategory. The discount of a savings plan is a
-- row that takes the on-demand price off the usage again, so it is usage, too.
CREATE OR REPLACE TEMP MACRO aws_charge_category(t) AS CASE
    WHEN t IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation') THEN 'Usage'
    WHEN t IN ('Fee', 'RIFee', 'SavingsPlanUpfrontFee', 'SavingsPlanRecurringFee') THEN 'Purchase'
    WHEN t IN ('Credit', 'Refund') THEN 'Credit'
    WHEN t = 'Tax' THEN 'Tax'
    ELSE 'Adjustment' END;

CREATE OR REPLACE TEMP MACRO aws_committed(t) AS t IN ('DiscountedUsage', 'SavingsPlanCoveredUsage');

-- Which of the costs of a row of AWS's is its effective one.
CREATE OR REPLACE TEMP MACRO aws_cost(t, reservation) AS CASE
    WHEN t = 'SavingsPlanNegation' THEN 1
    WHEN t = 'SavingsPlanUpfrontFee' THEN 2
    WHEN t = 'SavingsPlanCoveredUsage' THEN 3
    WHEN t = 'SavingsPlanRecurringFee' THEN 4
    WHEN t = 'DiscountedUsage' THEN 5
    WHEN t = 'RIFee' THEN 6
    WHEN t = 'Fee' AND reservation IS NOT NULL THEN 7
    ELSE 8 END;

-- A value of a map that is written as JSON.
CREATE OR REPLACE TEMP MACRO map_text(m, key) AS
    CASE WHEN json_valid(m) THEN nullif(json_extract_string(m, '$."' || key || '"'), '') END;

-- What of "gpt-4o, cached input" is the model, and what the kind of token.
CREATE OR REPLACE TEMP MACRO ai_item_model(item) AS nullif(regexp_extract(item, '^(.+), [^,]+$', 1), '');
CREATE OR REPLACE TEMP MACRO ai_item_kind(item) AS nullif(regexp_extract(item, '^.+, ([^,]+)$', 1), '');

-- The kinds of tokens, under one name each; NULL for what is no token.
CREATE OR REPLACE TEMP MACRO ai_token_kind(k) AS CASE regexp_replace(replace(lower(k), '_', ' '), ' tokens?$', '')
    WHEN 'input' THEN 'input'
    WHEN 'input no cache' THEN 'input'
    WHEN 'uncached input' THEN 'input'
    WHEN 'cached input' THEN 'cached input'
    WHEN 'input cached' THEN 'cached input'
    WHEN 'input cache read' THEN 'cached input'
    WHEN 'cache read input' THEN 'cached input'
    WHEN 'cache creation.ephemeral 5m input' THEN 'cache write 5m'
    WHEN 'cache creation.ephemeral 1h input' THEN 'cache write 1h'
    WHEN 'input cache write 5m' THEN 'cache write 5m'
    WHEN 'input cache write 1h' THEN 'cache write 1h'
    WHEN 'output' THEN 'output' END;

-- A meter's name: the model and the kind of token, else what the file says.
CREATE OR REPLACE TEMP MACRO ai_meter(model, kind, other) AS CASE WHEN kind IS NULL THEN other ELSE concat_ws(', ', model, kind) END;

-- "Claude Opus 4.6" and "claude-opus-4-6-20260205" are one model.
CREATE OR REPLACE TEMP MACRO anthropic_model(m) AS regexp_replace(regexp_replace(lower(m), '[ .]', '-', 'g'), '-20[0-9]{6}$', '');

CREATE OR REPLACE TEMP MACRO github_account(organization) AS concat_ws('/', 'github', organization);
CREATE OR REPLACE TEMP MACRO github_service(product) AS CASE lower(product)
    WHEN 'actions' THEN 'GitHub Actions'
    WHEN 'copilot' THEN 'GitHub Copilot'
    ELSE 'GitHub ' || product END;
