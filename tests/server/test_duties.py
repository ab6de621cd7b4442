"""Duty roles: of a cell and the groups it lies in, changed under a version, never people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.server.conftest import finished

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from httpx import Response

URL = "/api/v1/duties"
DESK = {"role": "Duty desk", "contact": "ext. 12"}


def put(client: TestClient, version: int, unit: str, *roles: Any, level: str = "") -> Response:
    body = {"level": level, "unit": unit, "roles": list(roles)}
    return client.put(URL, json=body, headers={"If-Match": f'"{version}"'})


def test_roles_of_a_cell_then_of_its_groups(client: TestClient) -> None:
    columns = client.get("/api/v1/plans/1/cells/404").json()["columns"]
    sector, route = columns["SECTOR"], columns["CAR_RTE"]
    assert client.get(URL, params={"unit": "404"}).json() == [
        {"level": "", "unit": "404", "roles": [], "version": 0}
    ]
    assert put(client, 0, str(sector), DESK, level="SECTOR").is_success
    assert put(client, 0, str(route), {"role": "Car"}, level="CAR_RTE").is_success
    found = client.get(URL, params={"unit": "404"}).json()
    assert [(each["level"], each["unit"]) for each in found] == [
        ("", "404"), ("CAR_RTE", str(route)), ("SECTOR", str(sector)),
    ]  # fmt: skip
    assert found[2]["roles"] == [DESK]
    of_group = client.get(URL, params={"unit": str(sector), "level": "SECTOR"}).json()
    assert [each["roles"] for each in of_group] == [[DESK]]
    assert client.get(URL, params={"unit": "no such"}).status_code == 404
    assert client.get(URL, params={"unit": "1", "level": "no such"}).status_code == 422


def test_who_comes_second_is_told(client: TestClient) -> None:
    first = put(client, 0, "404", DESK)
    assert first.headers["etag"] == '"1"'
    assert put(client, 0, "404", {"role": "Other"}).status_code == 412
    assert client.put(URL, json={"unit": "404", "roles": []}).status_code == 428
    assert put(client, 1, "404").json()["roles"] == []
    assert put(client, 2, "404", DESK).json()["version"] == 3


def test_people_are_refused(client: TestClient) -> None:
    number = "11010119900307774X"
    for role in ({"role": number}, {"role": "Desk", "contact": number}):
        answer = put(client, 0, "404", role)
        assert answer.status_code == 422
        assert "person" in answer.json()["detail"]
    assert put(client, 0, "404", {"role": "  "}).status_code == 422


def send(client: TestClient, text: str) -> dict[str, Any]:
    files = {"file": ("duties.csv", text.encode("gbk"))}
    return finished(client, client.post(f"{URL}/file", files=files).json()["id"])


def test_a_table_of_duties(client: TestClient) -> None:
    rows = ",404,网格岗,0512-1234,张三\n,404,备勤岗,,李四\nSECTOR,1,值班室,12345,王五\n"
    text = f"层级,编码,岗位,值班电话,姓名\n{rows}"
    assert send(client, text)["result"] == {"units": 2}
    found = client.get(URL, params={"unit": "404"}).json()
    assert [each["role"] for each in found[0]["roles"]] == ["网格岗", "备勤岗"]
    assert found[0]["roles"][0]["contact"] == "0512-1234"
    assert "张三" not in str(found)
    before = client.get(URL, params={"unit": "1", "level": "SECTOR"}).json()
    wrong = send(client, "unit,role\n404,Desk\n9999x,Desk\n")
    assert wrong["state"] == "failed"
    assert "9999x" in wrong["error"]["detail"]
    assert client.get(URL, params={"unit": "404"}).json() == found, "nothing was written"
    assert client.get(URL, params={"unit": "1", "level": "SECTOR"}).json() == before
    assert "unit" in send(client, "a,b\n1,2\n")["error"]["detail"]
