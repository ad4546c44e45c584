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

-- Parts of an Azure Resource Manager id, /subscriptions/S/resourceGroups/G/providers/P/T/N[/T2/N2].
CREATE OR REPLACE TEMP MACRO azure_resource_name(id) AS
    nullif(regexp_extract(id, '([^/]+)/*$', 1), '');
CREATE OR REPLACE TEMP MACRO azure_resource_group(id) AS
    nullif(regexp_extract(id, '/resourcegroups/([^/]+)', 1, 'i'), '');
CREATE OR REPLACE TEMP MACRO azure_resource_type(id) AS
    nullif(lower(regexp_extract(id, '.*/providers/([^/]+/[^/]+)/', 1, 'i')), '');

-- Whether a charge buys a commitment or is covered by one.
CREATE OR REPLACE TEMP MACRO of_commitment(category, status) AS category = 'Committed' OR status IS NOT NULL;
