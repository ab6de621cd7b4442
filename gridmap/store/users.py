"""Users, their sessions, and the record of who looked at exact points."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from gridmap.errors import NotAllowed, NotFound, ValueRefused
from gridmap.messages import Term
from gridmap.store import schema
from gridmap.store.database import Database, now

USERS, SESSIONS, VIEWS = schema.users, schema.sessions, schema.views
ROLES = ("public", "staff", "patrol", "planner", "admin")
SESSION_HOURS = 12
SHORTEST_PASSWORD = 10


@dataclass(frozen=True)
class User:
    """Somebody who may use the page.

    Parameters
    ----------
    name : str
        The name; a role or a desk, not necessarily a person.
    role : str
        One of :data:`ROLES`.
    """

    name: str
    role: str

    @property
    def title(self) -> Term:
        """What the role is called, in the language of whoever reads it."""
        return Term(f"store.role_{self.role}")


class Users:
    """Users in the store.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[User]:
        """Return every user.

        Returns
        -------
        list of User
            Ordered by name.
        """
        query = sa.select(USERS.c.name, USERS.c.role).order_by(USERS.c.name)
        return [User(**row) for row in self._database.rows(query)]

    def put(self, name: str, role: str, password: str) -> User:
        """Add a user, or give one another role and password.

        Parameters
        ----------
        name, role : str
            The name, and one of :data:`ROLES`.
        password : str
            At least ten characters; only its scrypt hash (RFC 7914) is kept.

        Returns
        -------
        User
            The user; earlier sessions have ended.

        Raises
        ------
        ValueRefused
            If the role is unknown, the name empty or the password short.
        """
        if role not in ROLES:
            raise ValueRefused("store.role", role=role, roles=", ".join(ROLES))
        if not name.strip() or len(password) < SHORTEST_PASSWORD:
            raise ValueRefused("store.password", least=SHORTEST_PASSWORD)
        salt = secrets.token_hex(16)
        values = {"role": role, "secret": f"{salt}${_hash(password, salt)}"}
        row = insert(USERS).values(name=name.strip(), **values)
        with self._database.write("users") as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))
            connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.user == name.strip()))
        return User(name.strip(), role)

    def remove(self, name: str) -> None:
        """Take a user out of the store.

        Parameters
        ----------
        name : str
            The name.

        Raises
        ------
        NotFound
            If there is none.
        """
        with self._database.write("users") as connection:
            gone = connection.execute(sa.delete(USERS).where(USERS.c.name == name))
            if not gone.rowcount:
                raise NotFound("store.no_user", user=name)

    def sign_in(self, name: str, password: str) -> str:
        """Open a session.

        Parameters
        ----------
        name, password : str
            Who it is.

        Returns
        -------
        str
            A token for the cookie; the store keeps only its hash.

        Raises
        ------
        NotAllowed
            If the name or the password is wrong; the same for both, in the same time.
        """
        rows = self._database.rows(sa.select(USERS.c.secret).where(USERS.c.name == name))
        salt, _, kept = (rows[0]["secret"] if rows else "0$0").partition("$")
        if not hmac.compare_digest(_hash(password, salt), kept):
            raise NotAllowed("store.sign_in")
        token = secrets.token_urlsafe(32)
        until = datetime.now(UTC) + timedelta(hours=SESSION_HOURS)
        row = {"token": _digest(token), "user": name, "until": until.isoformat()}
        with self._database.write() as connection:
            connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.until < now()))
            connection.execute(sa.insert(SESSIONS).values(**row))
        return token

    def sign_out(self, token: str) -> None:
        """Close a session.

        Parameters
        ----------
        token : str
            The token of the cookie; an unknown one does no harm.
        """
        with self._database.write() as connection:
            connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.token == _digest(token)))

    def find(self, token: str) -> User | None:
        """Return the user of a session.

        Parameters
        ----------
        token : str
            The token of the cookie.

        Returns
        -------
        User or None
            None if the session is unknown or over.
        """
        fits = (SESSIONS.c.token == _digest(token)) & (SESSIONS.c.until > now())
        query = sa.select(USERS.c.name, USERS.c.role).join(SESSIONS).where(fits)
        rows = self._database.rows(query)
        return User(**rows[0]) if rows else None

    def record(self, user: str, what: str) -> None:
        """Record that a user looked at exact points.

        Parameters
        ----------
        user : str
            The name.
        what : str
            What was looked at.
        """
        with self._database.write() as connection:
            connection.execute(sa.insert(VIEWS).values(at=now(), user=user, what=what))

    def views(self) -> list[dict[str, str]]:
        """Return the record of views, the newest first.

        Returns
        -------
        list of dict
            ``at``, ``user`` and ``what``.
        """
        query = sa.select(VIEWS.c.at, VIEWS.c.user, VIEWS.c.what).order_by(VIEWS.c.id.desc())
        return [dict(row) for row in self._database.rows(query)]


def _hash(password: str, salt: str) -> str:
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=2**14, r=8, p=1).hex()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
