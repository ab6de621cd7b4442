"""Read files one by one in a fresh process and print what came of each, and what it cost."""

import json
import resource
import sys
from pathlib import Path

from gridmap.errors import GridmapError
from gridmap.files.cells import read_frame
from gridmap.files.incidents import read_table
from gridmap.files.kinds import CELLS

TABLES = (".csv", ".xlsx", ".xml", ".csv.gz", ".json")


def spent():
    """Return processor seconds and greatest memory (MiB) of all children so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def read(path):
    """Return the key of the refusal, or what was read."""
    reader = read_table if path.endswith(TABLES) or not path.endswith(tuple(CELLS)) else read_frame
    try:
        held = reader(path)
    except GridmapError as error:
        return error.key, str(error)
    frame = getattr(held, "frame", held)
    return "read", frame.drop(columns="geometry", errors="ignore").to_json()


def main():
    for path in sys.argv[1:]:
        before, _ = spent()
        key, text = read(path)
        after, memory = spent()
        row = {"name": Path(path).name, "key": key, "text": text}
        print(json.dumps(row | {"seconds": round(after - before, 2), "memory": round(memory)}))


main()
