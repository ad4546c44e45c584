#!/usr/bin/env python3
"""Says how far the last days of daily series lie above what Prophet foretells, in parts of its 99 % range.

    python3 -m venv .tools/prophet
    .tools/prophet/bin/pip install prophet
    PROPHET=$PWD/.tools/prophet/bin/python EVAL_ONLY=equal make eval

It reads one series a line, as numbers with commas: first how many days at its end are looked at, then what each day cost. The model is
fitted to the days before those. For each line it writes one score a day, with commas.
"""
import functools, logging, sys
import numpy as np
import pandas as pd
from prophet import Prophet

logging.disable(logging.WARNING)


@functools.lru_cache(maxsize=4)
def foretold(known, last):
    """What each of the last days is foretold as, and the upper end of the range: series with and without an event share what is known."""
    days = pd.date_range("2024-01-01", periods=len(known) + last)
    model = Prophet(interval_width=0.99, yearly_seasonality=False, daily_seasonality=False, weekly_seasonality=True, uncertainty_samples=200)
    model.fit(pd.DataFrame({"ds": days[: len(known)], "y": known}), seed=1)
    np.random.seed(1)  # the range is made by chance: the same one each time
    out = model.predict(pd.DataFrame({"ds": days[len(known) :]}))
    return list(zip(out.yhat, out.yhat_upper))


for line in sys.stdin:
    last, *y = line.split(",")
    last, y = int(last), [float(x) for x in y]
    expected = foretold(tuple(y[:-last]), last)
    print(",".join(f"{(x - mid) / max(top - mid, 1e-9):.6g}" for x, (mid, top) in zip(y[-last:], expected)), flush=True)
