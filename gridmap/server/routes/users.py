"""Users, for the admin; and the record of who looked at exact points."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from gridmap.server.deps import Admin, StoreDep
from gridmap.server.guard import StrictRoute
from gridmap.server.schemas import Wire

router = APIRouter(prefix="/api/v1", tags=["users"], route_class=StrictRoute)

Name = Annotated[str, Path(min_length=1, max_length=200)]
Role = Literal["public", "staff", "patrol", "planner", "admin"]


class UserInfo(Wire):
    """A user."""

    name: str
    role: str


class NewUser(Wire):
    """Role and password of a user."""

    role: Role
    password: str


class View(Wire):
    """Somebody looked at exact points."""

    at: str
    user: str
    what: str


@router.get("/users")
def users(store: StoreDep, _user: Admin) -> list[UserInfo]:
    """Return every user."""
    return [UserInfo(name=user.name, role=user.role) for user in store.users.all()]


@router.put("/users/{name:path}")
def put(store: StoreDep, _user: Admin, name: Name, body: NewUser) -> UserInfo:
    """Add a user, or give one another role and password."""
    user = store.users.put(name, body.role, body.password)
    return UserInfo(name=user.name, role=user.role)


@router.delete("/users/{name:path}", status_code=204, response_class=Response)
def remove(store: StoreDep, _user: Admin, name: Name) -> None:
    """Take a user away."""
    store.users.remove(name)


@router.get("/views")
def views(store: StoreDep, _user: Admin) -> list[View]:
    """Return who looked at exact points, the newest first."""
    return [View(**row) for row in store.users.views()]
