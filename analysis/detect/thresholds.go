package detect

// Thresholds are the numbers by which the detector decides. A "part" is a fraction
// of something, from 0 to 1; "times" is a factor; amounts of money are in the
// currency of the costs.
//
// "0014" is docs/decisions/0014, which says what findings look like without the
// rule. "Tuned" means: chosen by trial on the made-up estates and series of
// analysis/eval with seeds below 100, so that most incidents are found and few
// alarms are false; there is no theory behind the value, and those near it do much
// the same. How well all of them do on other seeds is in docs/accuracy.md.
type Thresholds struct {
	// What is worth mentioning.
	ImpactPart     float64 // part of a mean resource's month that is the least sum, where Input names none; 0014
	ImpactLeast    float64 // money, times Input.Scale; no least sum is below it
	MaterialTimes  float64 // times the least sum from which there is a finding; 0014
	MaterialPart   float64 // part of the expected month from which there is one; tuned
	AlarmLeast     float64 // money, times Input.Scale; what is below is no alarm, where Input names no least sum: no alarm in cents
	AlarmPart      float64 // part of the bill's month below which there is none; likewise
	HighTimes      float64 // times the least sum from which an alarm is of high severity; set by what a reader has time for
	HighPart       float64 // part of the expected month from which it is; likewise
	Floor          float64 // part of the expected cost that never is unexpected; tuned
	ReturnsPart    float64 // part of a step left by the median of months ago, below which it only goes back to that; tuned
	MonthStepPart  float64 // part of a day's cost above which no lengths of months explain a step: (31 - 28) / 28 is 0.11
	MonthRatioNear float64 // difference of ratios of costs and of the lengths of months that are taken as the same; tuned

	// The worst of a normal month, and how far beyond it is unexpected.
	Factors       [6]Factor // by how many months are known; the fewer, the more; 1.5 from 0014, the others tuned
	Beyond        float64   // times the floor that a window must pass, and times the worst from which money counts for the order; 0014
	OldIncident   float64   // times the usual month's worst beyond which a month's is an old incident; 0014
	SigmaTimes    float64   // standard deviations of windows that the worst of a month has at least; tuned
	LongWindow    float64   // part of the deviation of 28 days that counts: they overlap, so that few are independent; tuned
	AlarmTimes    float64   // times the factor that an alarm needs at least; 0014
	TailPower     float64   // power of second largest by usual month that an alarm needs; 0014
	TailMost      float64   // times the worst that are enough for an alarm, however long the tail; 0014
	RestlessPart  float64   // part of a level that others of the year had, for it to be one of many; tuned
	LastMonthPart float64   // part of a spike that the month before had on its day, which makes it monthly; 0014

	// A day by itself.
	DayNoise   float64 // times the usual distance from what is expected, at least; tuned, on measured series too
	DayLeast   float64 // part of what is expected that the usual distance is at least; likewise
	DayPart    float64 // part of what is expected that it lies above that at least; likewise
	DayOld     float64 // part of a resource's days that may be old incidents; likewise
	DayTail    float64 // power of the largest, without those, by the next tenth, beyond which it lies; likewise
	DayOldSum  float64 // as DayOld, of a total
	DayTailSum float64 // as DayTail, of a total

	// What grows slowly, week by week.
	SlowRise  float64 // part by which two months of weeks grow at least, as the first of them does; tuned
	SlowSure  float64 // times the chance of the growth that it is at least; likewise
	SlowPart  float64 // part of the squares that a step leaves, which growth leaves at most; likewise
	SlowTimes float64 // times the growth of any two months before; likewise
	SlowTold  float64 // part of its impact that a finding has, which then tells it

	// Where an episode begins and ends.
	BeginRecentPart float64 // part of the last days' median excess that a day of the episode has; tuned
	BeginMeanPart   float64 // part of the window's mean excess that it has; tuned
	EndPart         float64 // part of the first week's excess below which a day is over; tuned
	FadedPart       float64 // part of the week before, below which what shows on some weekdays has ended; tuned
	QuietPart       float64 // part of a median day below which a day says nothing of whether it goes on; tuned

	// Which kind it is.
	PeakSidePart float64 // part of the top day that days beside it have, of one spike; tuned
	PeakPart     float64 // part of the impact that the spike's days carry; tuned: two thirds
	PeakRestPart float64 // part of the top day that a median day has at most, where spikes are apart; tuned
	DriftWeek    float64 // part by which a week must exceed growth to begin a drift; tuned, at least the noise
	DriftRise    float64 // times the first week's excess that the last has; tuned
	DriftBefore  float64 // part of the last week's excess, below which the days before are none of a step's; tuned
	PricePart    float64 // part of the impact that is price, from which a level is a price change; tuned

	// What is one incident.
	RestingPart   float64    // part of the excess on days of rest, from which it lies on them; tuned
	RestDayPart   float64    // part of the week's median day below which a day is one of rest; tuned
	FoldRise      float64    // part of the usual rise that others of a container rise by, too; tuned
	FoldFew       float64    // part of that below which the container as a whole cannot have risen; tuned
	FoldCost      float64    // part of a container's cost that rises together; tuned
	Disproportion Line       // of the usual rise: what rises by more stays for itself; tuned
	NearLeast     float64    // times the usual rise that are much the same, at least; tuned
	NearMost      Line       // and at most; tuned
	Alike         [2]float64 // times the usual rise between which a minority's are much the same; 0014
	OneResource   float64    // part of a container's change that one resource carries, from which it is that one's; tuned
	TwoResources  float64    // likewise two; tuned

	// What is new, gone or replaced.
	HabitDays    int     // days of cost before what can be gone: what ran once or for a week has no usual cost
	ReplacedPart float64 // part by which the cost of what replaces another may differ; tuned
	CohortPart   float64 // part of new resources' cost that one carries, from which it has a finding of its own; tuned
	UsualBirth   float64 // part of the size that others born in the group have, for it to be usual; 0014
	WeeklyBirth  float64 // part of the size that others born in the estate each week have; tuned
	ChurnPart    float64 // part of its own step that the group's must make, not to be taken for come and go; tuned

	// Unit prices.
	PriceChange   float64 // part by which a price must change; below are rounded amounts; tuned
	PriceConstant float64 // part of the highest price that the lowest is, from which all are one; tuned
	PriceAlike    float64 // part by which the ratios of one price change differ; tuned
	PriceLogPart  float64 // part of the logarithm of the ratio by which leaves of one meter differ; tuned
	PriceNoise    float64 // times the median distance of prices from their level that a change is; tuned
	PriceEndPart  float64 // part of the expected cost below which a price is back; tuned
	AllCostPart   float64 // part of all cost that changes price, from which it is the whole bill's; tuned

	// What is booked once a month, a quarter or a year.
	BookingOne  float64 // part by which it must change, where one is known before it
	BookingTwo  float64 // and where two are
	BookingMore float64 // and more: rounded amounts, rates of exchange
	BookingStep float64 // times the steps between those before it by which it must

	// Short histories.
	StepPart  float64 // part of the median day by which a step must change it; 0014, tuned
	StepNoise float64 // times the noise by which it must; tuned
	StepWrong float64 // part of days on the wrong side of the middle, at most; tuned
	Outlier   float64 // times the median day that a day costs; tuned
	WeakTimes float64 // times what is unexpected below which a spike is weak, where four months are known; tuned

	// What is expected.
	RecursPart  float64 // part of the weekday median by which a day of the month must exceed it to be monthly; tuned
	RecursAlike float64 // part of the middle that the least of such days is; tuned
	LeastSpread float64 // part of the expected cost that is noise at least; tuned

	// What explains a finding.
	// part of the impact that resources' medians leave unexplained, below which price and quantity can be taken apart; tuned
	ExplainedPart float64
	RoundedPart   float64 // part of the impact that is given to the first driver rather than to "all others"; tuned
	OneUnitPart   float64 // part of the change that quantities of one unit carry, from which they stand for all; tuned
	BandPart      float64 // part of the impact that the range of what was expected has on each side at most; so that the change lies outside
}

// A Factor is how many times the worst of a normal month is unexpected, where at
// least so many months are known.
type Factor struct {
	Months int
	Times  float64
}

// A Line is a bound that grows with a ratio: Times ratio + Plus.
type Line struct{ Times, Plus float64 }

func (l Line) at(ratio float64) float64 { return l.Times*ratio + l.Plus }

// DefaultThresholds returns the thresholds that all commands use.
func DefaultThresholds() Thresholds {
	return Thresholds{
		ImpactPart: 0.01, ImpactLeast: 0.1, MaterialTimes: 10, MaterialPart: 0.005, AlarmLeast: 5, AlarmPart: 0.0003,
		HighTimes: 100, HighPart: 0.03,
		Floor: 0.06, ReturnsPart: 0.3, MonthStepPart: 0.2, MonthRatioNear: 0.01,

		Factors: [6]Factor{{9, 1.5}, {7, 1.75}, {5, 2}, {3, 2.25}, {2, 3.5}, {0, 6}},
		Beyond:  1.5, OldIncident: 4, SigmaTimes: 1.5, LongWindow: 0.7, AlarmTimes: 1.5, TailPower: 6, TailMost: 6, LastMonthPart: 0.4,
		RestlessPart: 0.3,

		DayNoise: 6, DayPart: 0.25, DayLeast: 0.02, DayTail: 2, DayOld: 0.011, DayOldSum: 0.1, DayTailSum: 3,

		SlowRise: 0.3, SlowSure: 4, SlowPart: 0.6, SlowTimes: 2, SlowTold: 0.7,

		BeginRecentPart: 0.5, BeginMeanPart: 0.15, EndPart: 0.25, FadedPart: 0.5, QuietPart: 0.5,

		PeakSidePart: 0.4, PeakPart: 0.67, PeakRestPart: 0.1, DriftWeek: 0.03, DriftRise: 1.4, DriftBefore: 0.2, PricePart: 0.8,

		RestingPart: 0.8, RestDayPart: 0.6, FoldRise: 0.4, FoldFew: 0.5, FoldCost: 0.6, Disproportion: Line{2.5, 0.2},
		NearLeast: 0.5, NearMost: Line{1.5, 0.1}, Alike: [2]float64{0.6, 1.6}, OneResource: 0.6, TwoResources: 0.8,

		HabitDays: 14, ReplacedPart: 0.2, CohortPart: 0.9, UsualBirth: 0.4, WeeklyBirth: 0.8, ChurnPart: 0.3,

		PriceChange: 0.02, PriceConstant: 0.98, PriceAlike: 0.02, PriceLogPart: 0.35, PriceNoise: 5, PriceEndPart: 0.01, AllCostPart: 0.9,

		BookingOne: 0.25, BookingTwo: 0.1, BookingMore: 0.03, BookingStep: 2,

		StepPart: 0.3, StepNoise: 3, StepWrong: 0.3, Outlier: 3, WeakTimes: 2.25,

		RecursPart: 0.25, RecursAlike: 0.5, LeastSpread: 0.03,

		ExplainedPart: 0.2, RoundedPart: 0.05, OneUnitPart: 0.8, BandPart: 0.5,
	}
}

// sigmas is what the median distance from the median is multiplied by to estimate
// the standard deviation of normal noise: 1 / 0.6745.
const sigmas = 1.4826

// tiny takes the place of an expected cost of nothing, to divide by.
const tiny = 1e-9
