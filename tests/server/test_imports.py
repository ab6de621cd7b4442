"""Files sent to the server: looked at, brought in, refused; the server answers others meanwhile."""

import csv
import io
import json
import threading
import time

import pytest

from tests.files import hostile
from tests.server.conftest import finished

API = "/api/v1"
HEADER = ["编号", "时间", "类别", "经度", "纬度", "联系电话"]
ROWS = [
    ["0001", "2016-05-01 08:30", "crash", "-71.1097", "42.3736", "13812345678"],
    ["0002", "2016-05-02", "=1+1", "-71.1050", "42.3720", "13812345679"],
    ["0003", "never", "crash", "-71.1050", "42.3720", "13812345670"],
]


def table(rows, encoding="gbk"):
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *rows])
    return out.getvalue().encode(encoding)


def send(client, name, content, path="/imports", **form):
    answer = client.post(
        API + path, files={"file": (name, content)}, data={"kind": "incidents"} | form
    )
    assert answer.status_code == 202, answer.text
    return finished(client, answer.json()["id"])


def test_from_look_to_map(client):
    before = client.get(f"{API}/incidents/totals").json()["total"]
    seen = send(client, "热线.csv", table(ROWS), "/imports/look")
    assert seen["state"] == "done", seen
    look = seen["result"]
    assert (look["feed"], look["known"], look["rows"], look["rejected"]) == ("热线", False, 3, 1)
    assert look["columns"] == HEADER[:-1]
    assert look["personal"] == {"联系电话": "name"}
    assert look["first"][0] == ROWS[0][:-1]
    assert look["mapping"]["x"] == "经度"
    assert look["totals"]["placed"] == 3
    (fault,) = look["faults"]
    assert (fault["row"], fault["column"], fault["value"]) == (4, "时间", "never")
    assert client.get(f"{API}/incidents/totals").json()["total"] == before
    assert all("13812345678" not in json.dumps(part) for part in look.values())

    done = send(client, "热线.csv", table(ROWS), mapping=json.dumps(look["mapping"]))
    assert done["result"]["added"] == 2
    assert client.get(f"{API}/incidents/totals").json()["total"] == before + 2
    assert [feed["name"] for feed in client.get(f"{API}/feeds").json()] == ["热线", "Crashes"]

    back = list(csv.DictReader(io.StringIO(done["result"]["rejected_csv"])))
    assert back[0]["import_row"] == "4"
    assert "时间" in back[0]["import_why"]
    back[0]["时间"] = "2016-05-03"
    out = io.StringIO()
    writer = csv.DictWriter(out, back[0])
    writer.writeheader()
    writer.writerows(back)
    again = send(client, "热线.csv", out.getvalue().encode())
    assert (again["result"]["added"], again["result"]["feed"]) == (1, "热线")
    found = client.get(f"{API}/incidents", params={"category": "=1+1"}).json()
    assert found["total"] == 1


def test_corrected_mapping(client):
    wrong = {"id": "编号", "when": "类别", "x": "经度", "y": "纬度"}
    look = send(client, "a.csv", table(ROWS), "/imports/look", mapping=json.dumps(wrong))["result"]
    assert look["rejected"] == 3
    bad = send(client, "a.csv", table(ROWS), "/imports/look", mapping='{"x": "no", "y": "纬度"}')
    assert bad["state"] == "failed"
    assert "no" in bad["error"]["detail"]
    answer = client.post(
        f"{API}/imports/look",
        files={"file": ("a.csv", table(ROWS))},
        data={"kind": "incidents", "mapping": "{nonsense"},
    )
    assert answer.status_code == 422


def test_by_address(client):
    rows = [["1", "2016-05-01", "crash", "OXFORD ST & KIRKLAND ST"], ["2", "2016-05-01", "x", "no"]]
    out = io.StringIO()
    csv.writer(out).writerows([["id", "date", "type", "address"], *rows])
    done = send(client, "a.csv", out.getvalue().encode())
    assert done["result"]["totals"]["placed"] == 1
    assert done["result"]["totals"]["reasons"] == {"address-unknown": 1}


def test_staff_teach_an_address(client):
    head = ["id", "date", "type", "address"]
    out = io.StringIO()
    csv.writer(out).writerows([head, ["1", "2016-05-01", "x", "the old oak"]])
    assert send(client, "a.csv", out.getvalue().encode())["result"]["totals"]["placed"] == 0
    rows = client.get(f"{API}/incidents/unplaced", params={"start": "2016-05-01"}).json()[
        "incidents"
    ]
    (mine,) = [row for row in rows if row["reason"] == "address-unknown"]
    headers = {"If-Match": '"1"'}
    body = {"lon": -71.1097, "lat": 42.3736}
    moved = client.patch(f"{API}/incidents/{mine['id']}", json=body, headers=headers)
    assert moved.status_code == 200, moved.text
    out = io.StringIO()
    csv.writer(out).writerows([head, ["2", "2016-06-01", "x", "the old oak"]])
    assert send(client, "a.csv", out.getvalue().encode())["result"]["totals"]["placed"] == 1
    (put,) = client.get(f"{API}/addresses").json()
    assert (put["address"], put["lon"], put["lat"]) == ("the old oak", -71.1097, 42.3736)


@pytest.mark.parametrize("name", ["corners2.xlsx", "deep.json", "vrt.geojson"])
def test_hostile_files_fail_and_others_are_answered_meanwhile(client, tmp_path, name):
    if name.endswith("xlsx"):
        hostile.xlsx_of_corners_undeclared(tmp_path / name, tmp_path)
    elif name.endswith("geojson"):
        (tmp_path / name).write_text(hostile.VRT.format(target="/etc/passwd"))
    else:
        (tmp_path / name).write_text("[" * 100_000)
    answers = []
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            answers.append(client.get("/healthz").status_code)
            time.sleep(0.05)

    asking = threading.Thread(target=ask)
    asking.start()
    done = send(client, name, (tmp_path / name).read_bytes())
    stop.set()
    asking.join()
    assert done["state"] == "failed"
    assert name in done["error"]["detail"]
    assert set(answers) == {200}
    if name.endswith("xlsx"):
        # The child spends two seconds on it; a server that waits with it answers once.
        assert len(answers) > 3
    assert client.get(f"{API}/incidents/totals").json()["total"] == 10_335


def test_streets_and_gazetteer_from_elsewhere(client, cambridge):
    streets = (cambridge / "streets.geojson.gz").read_bytes()
    done = send(client, "streets.geojson.gz", streets, kind="streets")
    assert done["state"] == "done", done
    refused = send(client, "city.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader", kind="streets")
    assert refused["state"] == "failed"


def test_progress_tells_its_rate_and_a_cancelled_import_keeps_nothing(client):
    before = client.get(f"{API}/incidents/totals").json()["total"]
    rows = [[f"{n:06d}", "2016-05-01", "x", "-71.1", "42.37", ""] for n in range(20_000)]
    files = {"file": ("many.csv", table(rows))}
    job = client.post(f"{API}/imports", files=files, data={"kind": "incidents"}).json()["id"]
    seen = {}
    until = time.monotonic() + 60
    while time.monotonic() < until:
        now = client.get(f"{API}/jobs/{job}").json()
        assert now["state"] in {"queued", "running"}, now
        if now["rate"]:
            seen[now["unit"]] = now
        if now["unit"] == "rows" and now["rate"]:
            break
        time.sleep(0.02)
    stored = seen["rows"]
    assert 0 < stored["done"] < stored["total"] == 20_000
    left = (stored["total"] - stored["done"]) / stored["rate"]
    assert stored["seconds_left"] == pytest.approx(left)
    client.delete(f"{API}/jobs/{job}")
    assert finished(client, job)["state"] == "cancelled"
    assert client.get(f"{API}/incidents/totals").json()["total"] == before
    assert [feed["name"] for feed in client.get(f"{API}/feeds").json()] == ["Crashes"]


def test_a_gazetteer_is_sent_and_asked_at_once(client):
    def find(text):
        return client.get(f"{API}/addresses/find", params={"q": text}).json()

    assert find("长安路12号")["reason"] == "address-unknown"
    body = "地址,经度,纬度\n长安路12号,-71.105,42.37\n建设路3号,-71.11,42.375\n".encode("gbk")
    sent = send(client, "places.csv", body, kind="gazetteer")
    assert sent["state"] == "done", sent
    found = find("长安路12号旁边")
    assert (found["match"], found["lon"], found["lat"]) == ("number", -71.105, 42.37)
    assert found["cell"]
    assert find("850 Cambridge St")["match"] == "number"  # the streets are asked, too
    assert find("Massachusetts Ave")["reason"] == "address-ambiguous"
    answers = client.get(f"{API}/search", params={"q": "长安路12号"}).json()
    assert [(one["kind"], one["match"], one["score"]) for one in answers] == [
        ("address", "number", 1.0)
    ]


def test_what_was_put_right_can_be_forgotten(client):
    report = {"when": "2016-05-01T08:00", "category": "x", "address": "behind the mill"}
    made = client.post(f"{API}/incidents", json=report).json()
    assert made["reason"] == "address-unknown"
    moved = client.patch(
        f"{API}/incidents/{made['id']}",
        json={"lon": -71.1, "lat": 42.37},
        headers={"If-Match": '"1"'},
    )
    assert (moved.json()["match"], moved.json()["also"]) == ("point", 0)
    again = client.post(f"{API}/incidents", json=report).json()
    assert (again["match"], again["lon"]) == ("remembered", -71.1)
    (put,) = client.get(f"{API}/addresses").json()
    assert client.delete(f"{API}/addresses/{put['id']}").status_code == 204
    assert client.delete(f"{API}/addresses/{put['id']}").status_code == 404
    assert client.post(f"{API}/incidents", json=report).json()["reason"] == "address-unknown"
