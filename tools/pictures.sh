#!/usr/bin/env bash
# Makes the pictures of the documents from the demo and small files that are made up here, with an
# installed Chromium: tools/pictures.sh ./usagereport
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=$(realpath "$1")
images=$PWD/docs/images
browser=""
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
	if [[ -n $name ]] && command -v "$name" >/dev/null; then
		browser=$name
		break
	fi
done
[[ -n $browser ]] || { echo "no Chromium is installed; set CHROMIUM to the path of one" >&2; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$images" "$dir"/{demo,commitments,ai}

# picture NAME PAGE WIDTH HEIGHT
picture() {
	"$browser" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --force-color-profile=srgb --window-size="$3,$4" \
		--virtual-time-budget=4000 --user-data-dir="$dir/profile" --screenshot="$images/$1.png" "file://$2" 2>"$dir/said" ||
		{ cat "$dir/said" >&2; exit 1; }
}

# section NAME REPORT SECTION HEIGHT [SED]: one section of a report alone, as SED changes it. The copy of the page lets a style in
# that hides the rest.
section() {
	sed -E -e 's/<meta http-equiv="?Content-Security-Policy[^>]*>//I' -e "${5:-}" \
		-e "s|</head>|<style>body>*:not(main),main>*:not(#$3){display:none!important}main{padding-top:0!important}</style></head>|" "$2" >"$dir/$1.html"
	picture "$1" "$dir/$1.html" 1000 "$4"
}

# days FIRST LAST COMMAND...: the command with each day
days() {
	local day=$1 last=$2
	shift 2
	while [[ ! $day > $last ]]; do
		"$@" "$day"
		day=$(date -u -d "$day + 1 day" +%F)
	done
}

# The demo: with what is counted, what happened, dimensions and a rate.
orders() {
	local n
	n=$((10#$(date -u -d "$1" +%j)))
	echo "$1,orders,$((1200 + n * 37 % 90)),"
	if [[ $1 < 2026-11-05 ]]; then echo "$1,visits,$((50000 + n * 53 % 900)),Shop"; else echo "$1,visits,$((23000 + n * 53 % 900)),Shop"; fi
}
cd "$dir/demo"
"$program" demo estate >/dev/null 2>&1
"$program" report -q -o first.html estate/*.csv >/dev/null
"$program" load -q estate >/dev/null
cat >dimensions.csv <<-'END'
	dimension,value,rule,from,to
	Product,Shop,x_ResourceGroupName=*shop*,,
	Product,Payments,x_ResourceGroupName=*payments*,,
	Product,Machine learning,x_ResourceGroupName=rg-ml-*,,2026-10-31
	Product,AI platform,x_ResourceGroupName=rg-ml-*,2026-11-01,
	Product,Data platform,SubAccountName=*Data Platform,,
END
{ echo "date,name,value,Product"; days 2026-07-01 2026-11-15 orders; } >metrics.csv
cat >events.csv <<-'END'
	date,scope,text
	2026-10-22,,Release 4.2 of the shop
	2026-11-04,rg-ml-prod,Training of the new model begins
	2026-11-09,,Black Friday campaign begins
END
printf 'date,from,to,rate\n2026-06-01,EUR,USD,1.10\n2026-11-03,EUR,USD,1.16\n' >rates.csv
"$program" report -q -o report.html >/dev/null
"$program" load -q rates.csv >/dev/null 2>&1
"$program" report -q --currency USD --convert -o converted.html >/dev/null

# A reservation of which less is used since 8 November.
reservation() {
	local used=9 month end
	[[ $1 < 2026-11-08 ]] || used=5
	month=${1%??}01 end=$(date -u -d "$1 + 1 day" +%F)
	row() { # CATEGORY BILLED EFFECTIVE LIST STATUS QUANTITY RESOURCE COMMITMENT
		echo "acme,Acme,prod,Production,$month,$(date -u -d "$month + 1 month" +%F),$day,$end,$1,$2,$3,$4,USD,Virtual Machines,Compute,AWS,$7,$7,$8,$8,${8:+Reservation},$5,$6,$6,Hours"
	}
	local day=$1
	[[ $1 != *-01 ]] || row Purchase 300.00 0 300.00 "" 1 r-1 web-servers
	row Usage 0 "$used.00" "$((used * 2)).00" Used $used vm-web-1 web-servers
	row Usage 0 "$((10 - used)).00" "$(((10 - used) * 2)).00" Unused $((10 - used)) r-1 web-servers
	row Usage 6.00 6.00 6.00 "" 3 vm-batch-1 ""
}
cd "$dir/commitments"
{
	echo "BillingAccountId,BillingAccountName,SubAccountId,SubAccountName,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,BilledCost,EffectiveCost,ListCost,BillingCurrency,ServiceName,ServiceCategory,ProviderName,ResourceId,ResourceName,CommitmentDiscountId,CommitmentDiscountName,CommitmentDiscountType,CommitmentDiscountStatus,PricingQuantity,ConsumedQuantity,ConsumedUnit"
	days 2026-08-01 2026-11-20 reservation
} >focus.csv
"$program" load -q focus.csv >/dev/null
"$program" report -q -o report.html >/dev/null

# Two keys of OpenAI: one goes over to a smaller model, the other asks more from the cache.
tokens() {
	local begin
	begin=$(date -u -d "$1" +%s)
	line() { # KEY LINE-ITEM TOKENS AMOUNT
		echo "$begin,$((begin + 86400)),$day""T00:00:00+00:00,$(date -u -d "@$((begin + 86400))" +%F)T00:00:00+00:00,$4,usd,$3,tokens,\"$2\",,$1,proj_shop,org-acme,Shop,Acme,,"
	}
	local day=$1
	if [[ $1 < 2026-11-01 ]]; then
		line key_assistant "gpt-large, input" 4000000 40.00
		line key_assistant "gpt-large, output" 300000 12.00
		line key_search "gpt-small, input" 9000000 9.00
	else
		line key_assistant "gpt-large, input" 1500000 15.00
		line key_assistant "gpt-small, input" 3500000 3.50
		line key_assistant "gpt-large, output" 330000 13.20
		line key_search "gpt-small, input" 4000000 4.00
		line key_search "gpt-small, cached input" 7000000 0.70
	fi
}
cd "$dir/ai"
{
	echo "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,quantity_unit,line_item,user_id,api_key_id,project_id,organization_id,project_name,organization_name,user_email,api_source"
	days 2026-10-01 2026-11-20 tokens
} >costs.csv
"$program" load -q costs.csv >/dev/null
"$program" report -q -o report.html >/dev/null

picture report "$dir/demo/first.html" 1280 860
section unit-cost "$dir/demo/report.html" units 700
section events "$dir/demo/report.html" days 590
section dimensions "$dir/demo/report.html" movers 430 's/(id="movers-1-eur-tab") checked/\1/; s/id="movers-6-eur-tab"/& checked/'
section one-currency "$dir/demo/converted.html" change 620
section commitments "$dir/commitments/report.html" commitments 450
section ai "$dir/ai/report.html" change 400
