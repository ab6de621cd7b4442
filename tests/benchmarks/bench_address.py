"""Chinese addresses among 200,000, beside a plain search for the most alike text."""

from __future__ import annotations

import random
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from rapidfuzz import fuzz, process

from gridmap.incidents.address import Geocoder
from gridmap.streets.addresses import StreetAddresses
from tests.conftest import ROOT
from tests.incidents import test_street_addresses as street
from tests.incidents.addresses import asked, gazetteer
from tests.incidents.test_geocoder import quality

pytestmark = pytest.mark.proof


def test_two_hundred_thousand_addresses(record):
    villages = pd.read_csv(ROOT / "shapes" / "gazetteer" / "puyang_villages.csv")
    places = gazetteer(villages, 200_000)
    start = time.process_time()
    geocoder = Geocoder(places)
    built = time.process_time() - start
    rng = random.Random(3)  # noqa: S311 - not for secrets
    rows = [rng.randrange(len(places)) for _ in range(5000)]
    questions = [asked(places.iloc[row], rng) for row in rows]
    start = time.process_time()
    for question in questions:
        geocoder.find(question)
    ours = (time.process_time() - start) / len(questions) * 1e3
    start = time.process_time()
    best = [
        process.extractOne(text, geocoder.texts, scorer=fuzz.ratio)[2] for text in questions[:60]
    ]
    theirs = (time.process_time() - start) / len(best) * 1e3
    top, answered, right = quality(places, geocoder, 5000, seed=17)
    record(
        "Addresses: 200,000 in Puyang, noisy questions",
        {"way": "gridmap", "ms CPU": round(ours, 3), "top 1": round(float(top), 4),
         "sure": round(float(answered), 4), "sure and right": round(float(right), 4),
         "build s": round(built, 1)},
    )  # fmt: skip
    share = np.mean([a == b for a, b in zip(best, rows, strict=False)])
    peer = {"way": "rapidfuzz over all", "ms CPU": round(theirs, 1), "top 1": round(share, 3)}
    record("Addresses: 200,000 in Puyang, noisy questions", peer)
    assert top >= 0.98
    assert right >= 0.995
    assert ours <= 0.3


def test_cambridge_crashes_with_hidden_coordinates(cambridge, record):
    layer = gpd.read_file(f"/vsigzip/{cambridge / 'streets.geojson.gz'}")
    figures = street.quality(street.hidden_crashes(cambridge, StreetAddresses(layer)))
    record("Addresses: Cambridge crashes with hidden coordinates", figures)
    assert figures["hit rate"] > figures["published least"]
