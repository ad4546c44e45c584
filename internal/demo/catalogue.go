package demo

// A meter is what a service counts and charges by.
type meter struct {
	category, sub, name string
	unit                string
	family              string
	provider            string // the service that reports the usage
	price               int64  // per unit, in millionths of the pricing currency
}

const (
	d2 = iota
	d4
	d4old
	d8
	e8
	gpu
	p10
	p30
	lrs
	writes
	lake
	p1v3
	p2v3
	vcore
	dtu
	uptime
	ingestion
	retention
	alerts
	egress
	requestUnits
	execution
	vaultOps
	publicIP
	peering
	balancer
	processed
	dbu
	search
	tokens
	protected
	backupData
	vpn
	firewall
	saasLog
	saasMail
	reservation
)

// meters returns the catalogue. Prices are plausible, not anybody's.
func meters() []meter {
	const compute, network = "Microsoft.Compute", "Microsoft.Network"
	return []meter{
		d2:           {"Virtual Machines", "Dsv5 Series", "D2s v5", "1 Hour", "Compute", compute, 115_000},
		d4:           {"Virtual Machines", "Dsv5 Series", "D4s v5", "1 Hour", "Compute", compute, 230_000},
		d4old:        {"Virtual Machines", "Dsv3 Series", "D4s v3", "1 Hour", "Compute", compute, 240_000},
		d8:           {"Virtual Machines", "Dsv5 Series", "D8s v5", "1 Hour", "Compute", compute, 460_000},
		e8:           {"Virtual Machines", "Esv5 Series", "E8s v5", "1 Hour", "Compute", compute, 608_000},
		gpu:          {"Virtual Machines", "NCads A100 v4 Series", "NC24ads A100 v4", "1 Hour", "Compute", compute, 4_775_000},
		p10:          {"Storage", "Premium SSD Managed Disks", "P10 LRS Disk", "1/Month", "Storage", compute, 21_680_000},
		p30:          {"Storage", "Premium SSD Managed Disks", "P30 LRS Disk", "1/Month", "Storage", compute, 148_680_000},
		lrs:          {"Storage", "General Block Blob v2", "Hot LRS Data Stored", "1 GB/Month", "Storage", "Microsoft.Storage", 19_600},
		writes:       {"Storage", "General Block Blob v2", "Hot LRS Write Operations", "10K", "Storage", "Microsoft.Storage", 54_000},
		lake:         {"Storage", "Azure Data Lake Storage Gen2 Hierarchical Namespace", "Hot ZRS Data Stored", "1 GB/Month", "Storage", "Microsoft.Storage", 24_500},
		p1v3:         {"Azure App Service", "Azure App Service Premium v3 Plan - Linux", "P1 v3 App", "1 Hour", "Compute", "Microsoft.Web", 169_000},
		p2v3:         {"Azure App Service", "Azure App Service Premium v3 Plan - Linux", "P2 v3 App", "1 Hour", "Compute", "Microsoft.Web", 338_000},
		vcore:        {"SQL Database", "SQL Database Single/Elastic Pool General Purpose - Compute Gen5", "vCore", "1 Hour", "Databases", "Microsoft.Sql", 174_700},
		dtu:          {"SQL Database", "SQL Database Single Standard", "S3 DTUs", "1/Day", "Databases", "Microsoft.Sql", 4_838_700},
		uptime:       {"Azure Kubernetes Service", "Managed Cluster", "Standard Uptime SLA", "1 Hour", "Compute", "Microsoft.ContainerService", 100_000},
		ingestion:    {"Log Analytics", "Log Analytics", "Analytics Logs Data Ingestion", "1 GB", "Management and Governance", "Microsoft.OperationalInsights", 2_760_000},
		retention:    {"Log Analytics", "Log Analytics", "Analytics Logs Data Retention", "1 GB/Month", "Management and Governance", "Microsoft.OperationalInsights", 120_000},
		alerts:       {"Azure Monitor", "Alerts", "Alerts Metric Monitored", "1/Month", "Management and Governance", "Microsoft.Insights", 100_000},
		egress:       {"Bandwidth", "Rtn Preference: MGN", "Standard Data Transfer Out", "1 GB", "Networking", network, 80_000},
		requestUnits: {"Azure Cosmos DB", "Azure Cosmos DB", "100 RU/s", "1/Hour", "Databases", "Microsoft.DocumentDB", 8_000},
		execution:    {"Functions", "Functions", "Standard Execution Time", "1 GB Second", "Compute", "Microsoft.Web", 16},
		vaultOps:     {"Key Vault", "Key Vault", "Operations", "10K", "Security", "Microsoft.KeyVault", 30_000},
		publicIP:     {"Virtual Network", "IP Addresses", "Standard IPv4 Static Public IP", "1 Hour", "Networking", network, 5_000},
		peering:      {"Virtual Network", "Virtual Network Peering", "Intra-Region Egress", "1 GB", "Networking", network, 10_000},
		balancer:     {"Load Balancer", "Load Balancer", "Standard Included LB Rules and Outbound Rules", "1 Hour", "Networking", network, 25_000},
		processed:    {"Load Balancer", "Load Balancer", "Standard Data Processed", "1 GB", "Networking", network, 5_000},
		dbu:          {"Azure Databricks", "Azure Databricks", "Premium Jobs Compute DBU", "1 Hour", "Analytics", "Microsoft.Databricks", 300_000},
		search:       {"Azure Cognitive Search", "Azure Cognitive Search", "Standard S1 Unit", "1 Hour", "AI + Machine Learning", "Microsoft.Search", 336_000},
		tokens:       {"Cognitive Services", "Azure OpenAI", "gpt example Outp glbl Tokens", "1K", "AI + Machine Learning", "Microsoft.CognitiveServices", 10_000},
		protected:    {"Backup", "Backup", "Azure VM Protected Instances", "1/Month", "Storage", "Microsoft.RecoveryServices", 10_000_000},
		backupData:   {"Backup", "Backup", "LRS Data Stored", "1 GB/Month", "Storage", "Microsoft.RecoveryServices", 22_400},
		vpn:          {"VPN Gateway", "VPN Gateway", "VpnGw2", "1 Hour", "Networking", network, 490_000},
		firewall:     {"Azure Firewall", "Azure Firewall", "Standard Deployment", "1 Hour", "Networking", network, 1_250_000},
		saasLog:      {"SaaS", "Brightlog", "Brightlog Business", "1 Month", "SaaS", "Microsoft.SaaS", 610_000_000},
		saasMail:     {"SaaS", "Postgrid", "Postgrid Mail Gateway", "1 Month", "SaaS", "Microsoft.SaaS", 420_000_000},
		reservation:  {"Virtual Machines", "Esv5 Series", "E8s v5 Reservation", "1 Month", "Compute", "Microsoft.Capacity", 748_980_000},
	}
}

// A kind is a sort of resource: where it lives in the provider's naming, and
// what it is charged for.
type kind struct {
	prefix   string // of the resource's name
	provider string // resource type
	loud     bool   // its emitter writes ids and groups in capitals
	uses     []use
}

// A use is one meter of a resource. base is a day's quantity in millionths, for
// prorated ones a month's.
type use struct {
	meter int
	shape shape
	base  int64
	fixed bool // every resource of the kind has base; otherwise small and large ones differ
}

const (
	vmSmall = iota
	vmMedium
	vmLarge
	vmMemory
	vmReserved
	vmOffice
	vmJob
	vmGPU
	scaleSet
	scaleSetMain
	disk
	diskLarge
	account
	accountLake
	plan
	planLarge
	function
	database
	databaseLarge
	databaseDTU
	cluster
	workspace
	workspaceHub
	monitor
	cosmos
	vault
	address
	network
	balance
	databricks
	databricksMonthly
	searcher
	openAI
	recovery
	vpnGateway
	firewallHub
	saas
)

// kinds returns the sorts of resources of the estate.
func kinds() []kind {
	const (
		day       = 24 * one
		vms       = "Microsoft.Compute/virtualMachines"
		sets      = "Microsoft.Compute/virtualMachineScaleSets"
		disks     = "Microsoft.Compute/disks"
		accounts  = "Microsoft.Storage/storageAccounts"
		plans     = "Microsoft.Web/serverfarms"
		databases = "Microsoft.Sql/servers/sql-main/databases"
		logs      = "Microsoft.OperationalInsights/workspaces"
	)
	return []kind{
		vmSmall:           {"vm", vms, true, []use{{d2, machine, day, true}}},
		vmMedium:          {"vm", vms, true, []use{{d4, machine, day, true}}},
		vmLarge:           {"vm", vms, true, []use{{d8, machine, day, true}}},
		vmMemory:          {"vm", vms, true, []use{{e8, machine, day, true}}},
		vmReserved:        {"vm", vms, true, []use{{e8, constant, day, true}}},
		vmOffice:          {"ws", vms, true, []use{{d8, office, 10 * one, true}}},
		vmJob:             {"vm", vms, true, []use{{d8, intermittent, 8 * one, false}}},
		vmGPU:             {"vm", vms, true, []use{{gpu, constant, day, true}}},
		scaleSet:          {"vmss", sets, true, []use{{d4, weekly, 4 * day, false}, {egress, weekly, 12 * one, false}}},
		scaleSetMain:      {"vmss", sets, true, []use{{d8, weekly, 6 * day, true}, {egress, weekly, 30 * one, true}}},
		disk:              {"disk", disks, true, []use{{p10, prorated, one, true}}},
		diskLarge:         {"disk", disks, true, []use{{p30, prorated, one, true}}},
		account:           {"st", accounts, false, []use{{lrs, growth, 32 * one, false}, {writes, weekly, 6 * one, false}}},
		accountLake:       {"dls", accounts, false, []use{{lake, growth, 1400 * one, true}, {writes, weekly, 20 * one, true}}},
		plan:              {"plan", plans, false, []use{{p1v3, constant, day, true}}},
		planLarge:         {"plan", plans, false, []use{{p2v3, constant, 2 * day, true}}},
		function:          {"func", "Microsoft.Web/sites", false, []use{{execution, weekly, 90_000 * one, false}}},
		database:          {"sqldb", databases, false, []use{{vcore, constant, 4 * day, true}}},
		databaseLarge:     {"sqldb", databases, false, []use{{vcore, constant, 8 * day, true}}},
		databaseDTU:       {"sqldb", databases, false, []use{{dtu, constant, one, true}}},
		cluster:           {"aks", "Microsoft.ContainerService/managedClusters", false, []use{{uptime, constant, day, true}}},
		workspace:         {"log", logs, false, []use{{ingestion, weekly, 2 * one, false}, {retention, growth, 2 * one, false}}},
		workspaceHub:      {"log", logs, false, []use{{ingestion, weekly, 12 * one, true}, {retention, growth, 14 * one, true}}},
		monitor:           {"alerts", "Microsoft.Insights/metricAlerts", false, []use{{alerts, prorated, 40 * one, true}}},
		cosmos:            {"cosmos", "Microsoft.DocumentDB/databaseAccounts", false, []use{{requestUnits, constant, 30 * day, true}, {egress, weekly, 3 * one, false}}},
		vault:             {"kv", "Microsoft.KeyVault/vaults", false, []use{{vaultOps, intermittent, 2 * one, false}}},
		address:           {"pip", "Microsoft.Network/publicIPAddresses", false, []use{{publicIP, constant, day, true}}},
		network:           {"vnet", "Microsoft.Network/virtualNetworks", false, []use{{peering, weekly, 60 * one, false}}},
		balance:           {"lb", "Microsoft.Network/loadBalancers", false, []use{{balancer, constant, day, true}, {processed, weekly, 70 * one, false}}},
		databricks:        {"dbw", "Microsoft.Databricks/workspaces", false, []use{{dbu, weekly, 120 * one, false}}},
		databricksMonthly: {"dbw", "Microsoft.Databricks/workspaces", false, []use{{dbu, monthEnd, 60 * one, true}}},
		searcher:          {"srch", "Microsoft.Search/searchServices", false, []use{{search, constant, 2 * day, true}}},
		openAI:            {"oai", "Microsoft.CognitiveServices/accounts", false, []use{{tokens, heavy, 300 * one, false}}},
		recovery:          {"rsv", "Microsoft.RecoveryServices/vaults", false, []use{{protected, prorated, 8 * one, true}, {backupData, growth, 40 * one, false}}},
		vpnGateway:        {"vpngw", "Microsoft.Network/virtualNetworkGateways", false, []use{{vpn, constant, day, true}}},
		firewallHub:       {"afw", "Microsoft.Network/azureFirewalls", false, []use{{firewall, constant, day, true}}},
		saas:              {prefix: "saas", provider: "Microsoft.SaaS/resources"},
	}
}

// A group is a resource group of the estate.
type group struct {
	sub    int
	name   string
	region int
	owner  string // the tag; a group without one has no tags at all
	lots   []lot
}

// A lot is so many resources of one kind.
type lot struct{ kind, count int }

// subscriptions returns the names of the five subscriptions, each with its
// environment.
func subscriptions() [][2]string {
	return [][2]string{
		{"Norrvik Production", "prod"},
		{"Norrvik Test", "test"},
		{"Norrvik Development", "dev"},
		{"Norrvik Data Platform", "data"},
		{"Norrvik Shared Services", "shared"},
	}
}

// regions returns for each region its id, its name and the name its meters
// have.
func regions() [][3]string {
	return [][3]string{
		{"westeurope", "West Europe", "EU West"},
		{"northeurope", "North Europe", "EU North"},
		{"germanywestcentral", "Germany West Central", "DE West Central"},
	}
}

// groups returns the resource groups.
func groups() []group {
	const prod, test, dev, data, shared = 0, 1, 2, 3, 4
	return []group{
		{prod, "rg-shop-web-prod", 0, "shop", []lot{{planLarge, 2}, {plan, 3}, {function, 3}, {account, 4}, {vault, 2}, {address, 3}, {monitor, 1}, {recovery, 1}, {network, 1}}},
		{prod, "rg-shop-api-prod", 0, "shop", []lot{{vmMedium, 6}, {disk, 6}, {balance, 2}, {address, 2}, {vault, 1}, {function, 2}, {network, 1}, {account, 2}}},
		{prod, "rg-shop-data-prod", 0, "shop", []lot{{databaseLarge, 2}, {database, 2}, {cosmos, 3}, {account, 3}, {recovery, 1}}},
		{prod, "rg-aks-shop-prod", 0, "platform", []lot{{scaleSetMain, 1}, {scaleSet, 2}, {disk, 6}, {cluster, 1}, {balance, 1}, {address, 2}, {monitor, 1}}},
		{prod, "rg-orders-prod", 0, "orders", []lot{{plan, 3}, {databaseDTU, 3}, {function, 2}, {account, 2}, {vault, 1}, {vmJob, 2}, {vault, 2}}},
		{prod, "rg-payments-prod", 2, "payments", []lot{{vmMedium, 4}, {diskLarge, 2}, {disk, 2}, {database, 2}, {vault, 3}, {balance, 1}, {address, 1}}},
		{prod, "rg-erp-prod", 2, "finance", []lot{{vmReserved, 3}, {vmMemory, 3}, {diskLarge, 6}, {account, 2}, {recovery, 1}, {vmJob, 1}}},
		{prod, "rg-portal-prod", 0, "customer \"first\"", []lot{{plan, 2}, {databaseDTU, 2}, {account, 2}, {function, 1}, {vault, 1}, {address, 2}, {vault, 2}}},
		{test, "rg-shop-test", 0, "shop", []lot{{plan, 2}, {vmSmall, 5}, {disk, 5}, {databaseDTU, 2}, {account, 3}, {vault, 1}, {address, 1}, {vmJob, 2}, {function, 2}}},
		{test, "rg-orders-test", 0, "orders", []lot{{plan, 2}, {databaseDTU, 2}, {account, 2}, {function, 1}, {vault, 1}, {vault, 3}, {address, 1}}},
		{test, "rg-payments-test", 2, "payments", []lot{{vmSmall, 4}, {disk, 4}, {databaseDTU, 1}, {vault, 1}, {address, 1}, {vmJob, 1}, {account, 1}}},
		{test, "rg-erp-test", 2, "finance", []lot{{vmMedium, 2}, {disk, 4}, {account, 1}}},
		{test, "rg-aks-test", 0, "platform", []lot{{scaleSet, 1}, {disk, 3}, {cluster, 1}, {balance, 1}, {address, 1}}},
		{test, "rg-loadtest", 1, "platform", []lot{{vmJob, 5}, {account, 1}, {address, 1}, {vault, 2}, {vmJob, 3}}},
		{test, "rg-search-test", 0, "shop", []lot{{searcher, 2}, {account, 1}}},
		{dev, "rg-workstations-dev", 0, "engineering", []lot{{vmOffice, 7}, {disk, 7}, {vault, 1}}},
		{dev, "rg-shop-dev", 0, "shop", []lot{{vmSmall, 3}, {disk, 3}, {databaseDTU, 1}, {account, 3}, {vault, 1}, {plan, 1}, {vault, 2}, {function, 2}}},
		{dev, "rg-orders-dev", 0, "orders", []lot{{plan, 1}, {databaseDTU, 1}, {account, 2}, {function, 1}, {vault, 3}, {vmJob, 1}}},
		{dev, "rg-ci-dev", 1, "engineering", []lot{{vmJob, 6}, {scaleSet, 1}, {account, 2}, {vmJob, 4}, {vault, 2}}},
		{dev, "rg-erp-dev", 2, "finance", []lot{{vmSmall, 2}, {disk, 2}, {account, 1}}},
		{dev, "rg-sandbox-dev", 1, "", []lot{{vmSmall, 3}, {disk, 3}, {account, 4}, {vault, 2}, {openAI, 2}, {function, 3}, {vmJob, 3}, {vault, 2}}},
		{data, "rg-lake-prod", 0, "data", []lot{{accountLake, 1}, {account, 6}, {vault, 1}}},
		{data, "rg-databricks-prod", 0, "data", []lot{{databricks, 2}, {databricksMonthly, 1}, {vmJob, 4}, {account, 3}, {address, 1}, {vault, 2}, {vmJob, 2}}},
		{data, "rg-ml-prod", 0, "data", []lot{{openAI, 4}, {vmMedium, 2}, {disk, 2}, {account, 3}, {vault, 1}}},
		{data, "rg-warehouse-prod", 0, "controlling", []lot{{databaseLarge, 1}, {database, 1}, {account, 3}, {recovery, 1}, {cosmos, 1}, {vault, 2}, {function, 1}}},
		{data, "rg-stream-prod", 0, "Vertrieb Süd", []lot{{scaleSet, 1}, {cosmos, 3}, {account, 2}, {function, 3}}},
		{shared, "rg-hub-network", 0, "platform", []lot{{vpnGateway, 1}, {firewallHub, 1}, {network, 6}, {address, 6}, {balance, 2}, {vault, 1}, {address, 2}}},
		{shared, "rg-monitor", 0, "platform", []lot{{workspaceHub, 1}, {workspace, 7}, {monitor, 4}, {account, 2}}},
		{shared, "rg-backup", 0, "platform", []lot{{recovery, 6}, {account, 2}}},
		{shared, "rg-identity", 0, "platform", []lot{{vmMedium, 3}, {disk, 3}, {vault, 2}, {address, 1}, {vault, 3}}},
		{shared, "rg-licences", 0, "procurement", []lot{{saas, 2}}},
	}
}
