"""How what a notice advises is done on the command line."""

OPTIONS = {
    "import.crs_assumed": "--crs",
    "import.not_degrees": "--crs EPSG:n",
    "import.gcj02": "--crs gcj02",
    "import.bd09": "--crs bd09",
    "import.month_first": "order = dmy",
    "import.feed_of_many": "--feed",
}
"""How a notice's advice is followed here; on the page it stands beside its field."""
