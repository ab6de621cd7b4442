"""Who asks, guards, problem documents, languages, static files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from gridmap import Settings, create_app, errors, open_store
from gridmap.server.errors import STATUS, status_of

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient

REPORT = {"when": "2020-01-01T00:00:00", "category": "Auto"}


def test_the_session_says_what_there_is(reader: TestClient) -> None:
    found = reader.get("/api/v1/session").json()
    assert found["role"] == "planner"
    assert found["city"] == "Cambridge, Massachusetts"
    assert found["zone"] == "America/New_York"
    assert [level["name"] for level in found["levels"]] == ["SECTOR", "CAR_RTE", "WALK_RTE"]
    assert [measure["per"] for measure in found["measures"]] == ["count", "people", "area", "share"]
    assert found["plan"]["cells"] == 117
    assert found["period"][0] == "2010-01-01"
    assert found["streets"] is True
    west, south, east, north = found["bounds"]
    assert west < -71.1 < east
    assert south < 42.37 < north


def test_language_asked_for_then_of_the_browser_then_of_the_server(reader: TestClient) -> None:
    def lang(**given: Any) -> str:
        return reader.get("/api/v1/session", **given).json()["lang"]

    assert lang(params={"lang": "zh"}, headers={"Accept-Language": "en"}) == "zh"
    assert lang(headers={"Accept-Language": "fr, zh-CN;q=0.8"}) == "zh"
    assert lang(headers={"Accept-Language": "fr"}) == "en"


def test_messages_are_the_catalogue_without_the_command_line(reader: TestClient) -> None:
    chinese = reader.get("/api/v1/messages/zh").json()
    english = reader.get("/api/v1/messages/en").json()
    assert chinese.keys() == english.keys()
    assert not [key for key in english if key.startswith("cli.")]
    assert reader.get("/api/v1/messages/fr").status_code == 422


def test_an_empty_store_has_a_session_too(tmp_path: Path) -> None:
    from fastapi.testclient import TestClient

    with open_store(tmp_path / "empty.db") as store:
        client = TestClient(create_app(Settings(), store), "http://localhost")
        found = client.get("/api/v1/session").json()
        assert (found["plan"], found["bounds"], found["period"]) == (None, None, None)
        assert found["streets"] is False
        answer = client.get("/api/v1/incidents/figures")
        assert answer.status_code == 404
        assert "Import cells first" in answer.json()["detail"]


@pytest.mark.parametrize("kind", [kind for kind in vars(errors).values() if isinstance(kind, type)])
def test_every_error_has_a_status(kind: type) -> None:
    if issubclass(kind, errors.GridmapError):
        assert status_of(kind("server.internal")) in STATUS.values()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/plans/99", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/incidents/figures?hour=24", 422),
        ("/api/v1/incidents/figures?level=NBHD2", 422),
        ("/api/v1/incidents/figures?start=2020-01-02&end=2020-01-01", 422),
        ("/api/v1/jobs/7", 404),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_errors_are_problem_documents(
    reader: TestClient, path: str, status: int, lang: str
) -> None:
    answer = reader.get(path, headers={"Accept-Language": lang})
    body = answer.json()
    assert answer.status_code == status == body["status"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(body) == {"type", "title", "status", "detail", "key", "values"}
    assert body["type"] == f"urn:gridmap:{body['key']}"
    assert ("\u4e00" <= body["title"][0] <= "\u9fff") == (lang == "zh")


def test_a_fault_of_ours_is_a_problem_document_without_secrets(
    cambridge_store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import shutil

    from fastapi.testclient import TestClient

    from gridmap.journeys.city import City

    def fail(_city: City) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(City, "bounds", fail)
    with open_store(shutil.copy(cambridge_store, tmp_path / "c.db")) as store:
        app = create_app(Settings(), store)
        client = TestClient(app, "http://localhost", raise_server_exceptions=False)
        answer = client.get("/api/v1/session")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "", "192.168.1.5"]
)
def test_a_foreign_host_is_refused(reader: TestClient, host: str) -> None:
    """A name that rebinds to loopback reads nothing (DNS rebinding)."""
    assert reader.get("/api/v1/session", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1", "[::1]:8000"])
def test_our_own_names_are_served(reader: TestClient, host: str) -> None:
    assert reader.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_foreign_page_changes_nothing(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/v1/incidents", json=REPORT, headers=headers)
    assert answer.status_code == 403
    assert client.get("/api/v1/incidents/totals").json()["total"] == 10_335


def test_a_form_of_a_foreign_page_is_no_json(client: TestClient) -> None:
    answer = client.post(
        "/api/v1/incidents",
        content=b'{"when":"2020-01-01T00:00:00","category":"Auto"}',
        headers={"Content-Type": "text/plain"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        '{"lon":NaN,"lat":1,"when":"2020-01-01T00:00:00","category":"a"}',
        '{"lon":Infinity,"lat":1,"when":"2020-01-01T00:00:00","category":"a"}',
        '{"lon":1e999,"lat":1,"when":"2020-01-01T00:00:00","category":"a"}',
        '{"lon":181,"lat":1,"when":"2020-01-01T00:00:00","category":"a"}',
        '{"category":"a","category":"b","when":"2020-01-01T00:00:00"}',
        '{"lon":' + "9" * 5000 + "}",
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"when":"2020-01-01T00:00:00","category":"a","extra":1}',
        "{",
        "",
        "\ud800".encode("utf-16", "surrogatepass").decode("latin-1"),
    ],
)
def test_json_that_is_none_is_refused(client: TestClient, body: str) -> None:
    answer = client.post(
        "/api/v1/incidents", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_too_large_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = client.post(
        "/api/v1/incidents",
        content=b" " * 20_000_001,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413


def test_headers_of_every_answer(reader: TestClient) -> None:
    for path in ("/", "/healthz", "/api/v1/session", "/favicon.ico", "/none"):
        headers = reader.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"https?:", policy)
        assert headers["x-content-type-options"] == "nosniff"


def test_answers_are_for_their_reader_alone(reader: TestClient) -> None:
    assert reader.get("/api/v1/session").headers["cache-control"] == "private, no-cache"
    assert (
        reader.get("/ogc/collections/incidents/items").headers["cache-control"]
        == "private, no-cache"
    )
    assert reader.get("/api/v1/plans/99").headers["cache-control"] == "no-store"


def test_openapi_is_whole(reader: TestClient) -> None:
    document = reader.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/plans/{plan}/edits" in document["paths"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description") or operation.get("summary"), (method, path)


def test_head_is_answered_wherever_get_is(reader: TestClient) -> None:
    tile = "/tiles/cells/1/1/13/2478/3029.mvt"
    for path in ("/api/v1/session", "/tiles/cells/1/1/tiles.json", tile, tile, "/ogc"):
        head = reader.head(path)  # a tile first of all, before anybody has asked for it
        get = reader.get(path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-type", "content-length", "etag", "cache-control"):
            assert head.headers.get(name) == get.headers.get(name), (path, name)
        assert head.headers["cache-control"].startswith("private")
    assert reader.head("/api/v1/jobs/999999").status_code == 404
