#!/usr/bin/env python3
"""Compares our statistics with scikit-learn's and scipy's.

    statistics_check.py FOLDER

FOLDER has what `VITALS_CHECK_OUT=FOLDER swift test` wrote. Needs scikit-learn and scipy.
"""
import glob
import json
import os
import sys

import numpy
from scipy.optimize import minimize
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import average_precision_score, roc_auc_score

worst = {}


def same(what, ours, theirs, within, name):
    difference = float(numpy.max(numpy.abs(numpy.asarray(ours) - numpy.asarray(theirs)))) if numpy.size(theirs) else 0.0
    worst[what] = max(worst.get(what, 0.0), difference)
    if numpy.shape(ours) != numpy.shape(theirs) or not difference <= within:
        sys.exit(f"{name}: {what} differs by {difference}: {ours} against {theirs}")


def ranking(path):
    one = json.load(open(path))
    name = os.path.basename(path)
    risks, happened = numpy.array(one["risks"]), numpy.array(one["happened"], dtype=int)
    same("auc", one["auc"], roc_auc_score(happened, risks), 1e-9, name)
    same("average precision", one["averagePrecision"], average_precision_score(happened, risks), 1e-9, name)
    rates, means = calibration_curve(happened, risks, n_bins=10, strategy="quantile")
    same("calibration rates", [b["events"] / b["observations"] for b in one["binned"]], rates, 1e-9, name)
    same("calibration means", [b["predicted"] for b in one["binned"]], means, 1e-9, name)
    places = numpy.array(one["places"])
    rising = IsotonicRegression(out_of_bounds="clip").fit(risks, happened)
    same("isotonic fit", one["isotonicY"], rising.predict(numpy.array(one["isotonicX"])), 1e-9, name)
    same("isotonic between", one["isotonicAtPlaces"], rising.predict(places), 1e-9, name)
    falling = IsotonicRegression(increasing=False, out_of_bounds="clip").fit(risks, happened)
    same("isotonic falling", one["fallingAtPlaces"], falling.predict(places), 1e-9, name)


def fit(path):
    one = json.load(open(path))
    x, y = numpy.array(one["columns"]).T, numpy.where(one["happened"], 1.0, -1.0)

    def objective(beta):
        margin = y * (x @ beta[:-1] + beta[-1])
        loss = numpy.logaddexp(0, -margin).mean() + one["penalty"] / 2 * (beta[:-1] ** 2).sum()
        slope = -y / (1 + numpy.exp(margin)) / len(y)
        return loss, numpy.append(x.T @ slope + one["penalty"] * beta[:-1], slope.sum())

    bounds = [(0, None)] * x.shape[1] + [(None, None)]
    options = {"maxiter": 100000, "maxfun": 1000000, "ftol": 1e-16, "gtol": 1e-10}
    found = minimize(objective, numpy.zeros(x.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B", options=options)
    same("logistic coefficients", one["coefficients"] + [one["intercept"]], found.x, 1e-4, os.path.basename(path))


rankings, fits = sorted(glob.glob(f"{sys.argv[1]}/ranking-*.json")), sorted(glob.glob(f"{sys.argv[1]}/fit-*.json"))
if not rankings or not fits:
    sys.exit(f"there is nothing to check in {sys.argv[1]}")
for path in rankings:
    ranking(path)
for path in fits:
    fit(path)
print(f"{len(rankings)} rankings and {len(fits)} fits agree; largest differences: " + ", ".join(f"{k} {v:.1e}" for k, v in worst.items()))
