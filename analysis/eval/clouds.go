package eval

import (
	"fmt"
	"math"
	"slices"
	"time"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

// clouds gives the world the accounts and offers of AWS or GCP, if it is to have those: no
// resource groups, and what is charged there moves in its own ways.
func (w *world) clouds() {
	r := w.r
	switch w.o.Cloud {
	case "aws":
		w.offers = awsOffers()
		noise := 0.0
		for range w.o.Days {
			noise = 0.8*noise + 0.06*r.NormFloat64()
			w.covered = append(w.covered, min(0.95, max(0.3, 0.65+noise)))
		}
		for a := range 5 + r.IntN(8) {
			w.groups = append(w.groups, place{fmt.Sprintf("%012d", 100000000000+a), "", r.Float64() < 0.3})
		}
	case "gcp":
		w.offers = gcpOffers()
		for p := range 10 + r.IntN(16) {
			w.groups = append(w.groups, place{fmt.Sprintf("project-%d", p), "", r.Float64() < 0.3})
		}
	}
}

func awsOffers() []offer {
	return []offer{
		{
			"Amazon EC2",
			[]string{"BoxUsage:m5.large", "BoxUsage:c6i.xlarge", "BoxUsage:r5.2xlarge"},
			[]string{"hourly", "covered", "covered", "constant", "autoscale"},
			1, 70,
		},
		{"Amazon RDS", []string{"InstanceUsage:db.r5", "Storage"}, []string{"constant", "covered", "jitter"}, 3, 90},
		{"Amazon EKS", []string{"Cluster", "Fargate-vCPU"}, []string{"hourly", "autoscale", "constant"}, 3, 120},
		{"Amazon OpenSearch", []string{"ESInstance:m5"}, []string{"constant", "hourly"}, 3, 60},
		{"Amazon ElastiCache", []string{"NodeUsage:cache.m5"}, []string{"constant", "constant", "covered"}, 2, 40},
		{"Amazon S3", []string{"TimedStorage-ByteHrs", "Requests-Tier1"}, []string{"growth", "usage", "bursty"}, 0.2, 40},
		{
			"AWS Data Transfer",
			[]string{"DataTransfer-Out-Bytes", "DataTransfer-Regional-Bytes"},
			[]string{"usage", "transfer", "transfer"},
			0.3, 50,
		},
		{"AWS Lambda", []string{"Lambda-GB-Second"}, []string{"lambda", "lambda", "bursty"}, 0.1, 12},
		{"AmazonCloudWatch", []string{"CW:Metrics", "DataProcessing-Bytes"}, []string{"usage", "bursty", "constant"}, 0.3, 30},
		{"Amazon EBS", []string{"VolumeUsage.gp3", "SnapshotUsage"}, []string{"prorated", "constant", "growth"}, 0.5, 20},
		{"AWS Glue", []string{"ETL-DPU-Hour"}, []string{"intermittent", "sundays", "month end"}, 0.5, 25},
		{"AWS KMS", []string{"Requests"}, []string{"intermittent"}, 0.01, 0.3},
	}
}

func gcpOffers() []offer {
	return []offer{
		{
			"Compute Engine",
			[]string{"N2 Core", "E2 Core", "N1 Ram"},
			[]string{"sustained", "sustained", "constant", "autoscale", "hourly"},
			1, 70,
		},
		{"Cloud SQL", []string{"Zonal vCPU", "SSD Storage"}, []string{"constant", "jitter"}, 3, 70},
		{"Kubernetes Engine", []string{"Cluster fee", "Autopilot Pod mCPU"}, []string{"autoscale", "hourly", "constant"}, 3, 120},
		{"Cloud Memorystore", []string{"Redis Capacity"}, []string{"constant", "jitter"}, 2, 30},
		{"Cloud Spanner", []string{"Node"}, []string{"constant", "jitter"}, 5, 90},
		{"BigQuery", []string{"Analysis", "Active Storage"}, []string{"ondemand", "ondemand", "growth"}, 0.5, 60},
		{"Cloud Storage", []string{"Standard Storage", "Class A Operations"}, []string{"growth", "usage", "bursty"}, 0.2, 30},
		{"Cloud Run", []string{"CPU Allocation Time"}, []string{"usage", "lambda"}, 0.1, 15},
		{"Networking", []string{"Network Inter Zone Egress", "Internet Egress"}, []string{"usage", "transfer"}, 0.3, 40},
		{"Cloud Logging", []string{"Log Volume"}, []string{"usage", "bursty"}, 0.3, 25},
		{"Dataflow", []string{"vCPU Time Batch"}, []string{"intermittent", "sundays", "month end"}, 0.5, 30},
		{"Secret Manager", []string{"Access Operations"}, []string{"intermittent"}, 0.01, 0.3},
	}
}

// cloudCurve makes one cost a day of a habit that only clouds have; nil of another.
func (w *world) cloudCurve(habit string, level float64) []float64 {
	if !slices.Contains([]string{"covered", "sustained", "hourly", "transfer", "lambda", "ondemand"}, habit) {
		return nil
	}
	r, y := w.r, make([]float64, w.o.Days)
	noise, weekend, walk := 0.0, between(r, 0.05, 0.4), 0.0
	often, size := between(r, 0.25, 0.8), between(r, 0.5, 0.9)
	for d := range y {
		y[d] = level
		switch habit {
		case "covered", "sustained": // discount has what moves in it
			y[d] *= 1 + 0.005*r.NormFloat64()
		case "hourly": // whole hours of some machines
			noise = 0.5*noise + 0.04*r.NormFloat64()
			y[d] *= math.Round(24*max(0.2, 1+noise)) / 24
			if w.weekend(d) {
				y[d] *= 1 - weekend/2
			}
		case "transfer": // follows the week, with a crawl or a copy now and then
			walk += 0.01 * r.NormFloat64()
			y[d] *= math.Exp(walk + 0.15*r.NormFloat64())
			if w.weekend(d) {
				y[d] *= 1 - weekend
			}
			if r.Float64() < 0.015 {
				y[d] *= between(r, 1.5, 4)
			}
		case "lambda": // retries and batches
			noise = 0.4*noise + 0.35*r.NormFloat64()
			y[d] *= math.Exp(noise)
			if r.Float64() < 0.03 {
				y[d] *= between(r, 2, 8)
			}
		case "ondemand": // people who query, on workdays, now and then a whole table
			y[d] *= math.Exp(size * r.NormFloat64())
			if r.Float64() > often || w.weekend(d) && r.Float64() < 0.7 {
				y[d] = 0
			}
			if r.Float64() < 0.02 {
				y[d] += level * between(r, 3, 10)
			}
		}
	}
	return y
}

// discount makes the price of t what its cloud does: a savings plan covers another part of it
// each day, a discount for sustained use begins anew with each month.
func (w *world) discount(t *thing) {
	l := w.leaves[t.leaves[0]]
	switch t.habit {
	case "covered":
		own := between(w.r, -0.1, 0.1)
		for d := range l.Cost {
			l.Cost[d] *= 1 - 0.28*min(1, max(0, w.covered[d]+own))
		}
		if w.r.Float64() < 0.2 { // what is covered is charged, and taken back
			more := w.curve("usage", t.level/3)
			less := make([]float64, len(more))
			for d := range more {
				less[d] = -more[d]
			}
			w.charge(t, "SavingsPlanCoveredUsage", more)
			w.charge(t, "SavingsPlanNegation", less)
		}
	case "sustained":
		for d := range l.Cost {
			day := w.from + usage.Day(d)
			quarter := 4 * int(day-day.Month().From) / day.Month().Days()
			l.Cost[d] *= []float64{1, 0.8, 0.6, 0.4}[min(3, quarter)]
		}
	}
}

// support charges each account of AWS a part of its month, on the last day of it.
func (w *world) support() {
	if w.o.Cloud != "aws" {
		return
	}
	for _, at := range w.groups {
		month, y := 0.0, make([]float64, w.o.Days)
		for d := range y {
			for _, l := range w.leaves {
				if l.Dims[usage.SubAccount] == at.sub {
					month += l.Cost[d]
				}
			}
			if day := w.from + usage.Day(d); day == day.Month().Last() {
				y[d], month = 0.07*month/w.o.Scale, 0
			}
		}
		w.leaves = append(w.leaves, detect.Leaf{
			Dims: usage.Series{usage.SubAccount: at.sub, usage.Service: "AWS Support (Business)", usage.Meter: "Dollar"},
			Cost: y, Quantity: make([]float64, len(y)),
		})
	}
}

// slowly has something grow by about 1 % a day for sixty days, and something else cost more on
// two days beside each other, on neither of them very much.
func (w *world) slowly(fit func(least float64) *thing) {
	if w.o.Cloud == "" {
		return
	}
	r := w.r
	resource := []usage.Dimension{usage.SubAccount, usage.ResourceGroup, usage.Resource}
	if t := fit(12); t != nil && w.o.Days >= 100 {
		from, rate := w.o.Days-60, between(r, 0.008, 0.012)
		w.happens("slow drift", usage.KindDrift, from, w.o.Days, resource, func() {
			w.times(t.leaves[:1], from, w.o.Days, func(d int) float64 { return math.Pow(1+rate, float64(d-from+1)) })
		})
	}
	if t := fit(30); t != nil {
		from := w.begin(3, 27)
		for w.weekend(from) || (w.from+usage.Day(from)).Weekday() == time.Friday {
			from = w.begin(3, 27)
		}
		w.happens("two days", usage.KindSpike, from, from+1, resource, func() {
			w.times(t.leaves[:1], from, from+1, by(between(r, 1.9, 2.6)))
		})
	}
}
