module usagereport

go 1.26
