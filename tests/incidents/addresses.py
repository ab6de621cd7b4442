"""A gazetteer of Puyang made of its real villages and invented roads, and how people ask for it."""

from __future__ import annotations

import random

import pandas as pd

SYLLABLES = (
    "春夏秋冬东西南北中华建国民主自由和平光明幸福长安永定朝阳青年文化科技创新前进胜利团结友谊兴隆昌盛"
    "金银玉石山水林田湖海江河桥亭台楼阁园花草树木松竹梅兰菊荷桂枫柳杨"
)


def names(rng, count, kinds, lengths):
    made = {"".join(rng.choices(SYLLABLES, k=rng.choice(lengths))) + rng.choice(kinds)
            for _ in range(count)}  # fmt: skip
    return sorted(made)


def gazetteer(villages, count, seed=5):
    """Return villages and addresses with coordinates, ``count`` in all."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    roads = names(rng, 4500, ("路", "街", "大道", "巷", "胡同"), (2, 2, 3))
    compounds = names(rng, 6000, ("小区", "花园", "公寓", "大厦", "广场"), (2, 3))
    rows = []
    homes = []
    for village in villages.itertuples():
        home = (114.8 + rng.random() * 1.2, 35.4 + rng.random() * 0.8)
        homes.append((village.county, village.township, *home))
        rows.append((village.county, village.township, village.name, "", "", "", "", *home))
    seen = set()
    while len(rows) < count:
        county, township, lon, lat = rng.choice(homes)
        road, number = rng.choice(roads), str(rng.randint(1, 400))
        tall = rng.random() < 0.6
        compound = rng.choice(compounds) if tall else ""
        building = str(rng.randint(1, 30)) if tall else ""
        key = (county, township, road, number, compound, building)
        if key not in seen:
            seen.add(key)
            near = (lon + rng.uniform(-0.01, 0.01), lat + rng.uniform(-0.01, 0.01))
            rows.append((county, township, "", road, number, compound, building, *near))
    columns = ["county", "township", "village", "road", "number", "compound", "building"]
    return pd.DataFrame(rows, columns=[*columns, "lon", "lat"])


def asked(row, rng):
    """Return an address as people write it: areas left out, a character wrong, a remark behind."""
    village = row.village.replace("居民委员会", "").replace("村民委员会", "")
    text = row.county if rng.random() < 0.5 else ""
    text += row.township if rng.random() < (0.8 if village else 0.4) else ""
    text += village + row.road
    text += f"{row.number}号" if row.number else ""
    if row.building:
        text += row.compound + row.building + rng.choice(("号楼", "号楼", "栋", "幢"))
    if rng.random() < 0.35:
        text = rng.choice(("河南省濮阳市", "濮阳市")) + text
    if rng.random() < 0.5:
        i = rng.randrange(len(text))
        if not text[i].isdigit():
            text = text[:i] + rng.choice(SYLLABLES) + text[i + 1 :]
    if rng.random() < 0.3:
        text += rng.choice(("旁边", "附近", "门口", "对面"))
    return text
