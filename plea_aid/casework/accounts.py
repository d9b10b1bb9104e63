"""Accounts: the first one by a code from the server's terminal, the others by whoever may add them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from plea_aid.casework.actors import NOBODY, Actor, Role
from plea_aid.casework.canonical import is_id, now
from plea_aid.casework.credentials import code_hash, hash_password, new_code, password_fits
from plea_aid.casework.database import Database
from plea_aid.casework.entries import parsed, storable
from plea_aid.casework.errors import Invalid, NotFound, SignInFailed
from plea_aid.casework.identity import link
from plea_aid.casework.permissions import Action
from plea_aid.casework.tables import LinkedIdentity, SetupCode, SignInSession, User
from plea_aid.casework.throttle import count_attempt, forget_attempts
from plea_aid.casework.work import Work, changing, reading

FIRST_CODE_HOURS = 24
CODE_HOURS = 72
FIRST_ROLES = ("supervisor", "administrator")
"""The roles that may add the other accounts, so one of them comes first."""
_WRONG_CODE = "That code is not valid, or it has been used or is too old; ask for a new one."

_LAST_OPENER = (
    "Some case is closed to colleagues, and this account is the last that could open it to them. Have its holder hand "
    "such cases over or open them, or add another supervising attorney, then try again. A new one-time code ends the "
    "sessions of the account and voids its password at once."
)

UserName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$", strip_whitespace=True)]


class NewAccount(BaseModel):
    """What is asked of a person who gets an account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    user_name: UserName
    display_name: Annotated[
        str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True), AfterValidator(storable)
    ]
    role: Role = "supervisor"
    email: str = ""
    """The address under which the office's sign-in provider knows the person; empty: by user name and password."""


@dataclass(frozen=True)
class UserView:
    """An account as shown."""

    id: str
    user_name: str
    display_name: str
    role: str
    active: bool
    created_at: datetime
    has_password: bool
    email: str
    """The address at the sign-in provider; empty when the account is not tied to it."""
    linked: bool
    """True once the person has signed in through the provider."""


def server_actor() -> Actor:
    """Return the operator for the command line: whoever may run programs on the server keeps its accounts."""
    return Actor("server", "server", "The server", "operator", terminal="command line")


def needs_first_account(db: Database) -> bool:
    """Say whether nobody has an account yet."""
    with db.read() as session:
        return _nobody_yet(session)


def first_code(db: Database) -> str | None:
    """Return a one-time code for the first account, None when there is an account; an earlier code is void."""
    code = new_code()
    with changing(db, server_actor()) as work:
        if not _nobody_yet(work.session):
            return None
        _void_codes(work.session, None)
        expires = now() + timedelta(hours=FIRST_CODE_HOURS)
        work.session.add(SetupCode(code_hash=code_hash(code), expires_at=expires))
        work.record("account.first-code", "user", "")
    return code


def create_first_account(db: Database, code: str, account: NewAccount | dict[str, Any], password: str) -> UserView:
    """Create the first account with the code that the server printed.

    Raises NotAllowed for a wrong code or when there is an account already, Invalid for what does not fit.
    """
    account = parsed(NewAccount, account, "The account")
    if account.role not in FIRST_ROLES:
        raise Invalid(f"The first account is one that may add others: {' or '.join(FIRST_ROLES)}.")
    hashed = hash_password(password, account.user_name, account.display_name)
    with changing(db, NOBODY) as work:
        setup = _valid_code(work, code, first=True)
        if not _nobody_yet(work.session):
            raise work.denied("account.create", "There is an account already; ask its holder to add yours.")
        setup.used_at = now()
        user = _insert(work.session, account, hashed)
        work.record("account.create", "user", user.id, role=user.role, first=True)
        return _view(work.session, user)


def list_users(db: Database, actor: Actor) -> list[UserView]:
    """Return all accounts by name."""
    with reading(db, actor) as work:
        work.require(Action.USER_LIST, kind="user")
        work.record(Action.USER_LIST, "user", "")
        return _views(work.session, select(User))


def own_account(db: Database, actor: Actor) -> UserView:
    """Return the actor's own account; raise NotAllowed, NotFound."""
    with reading(db, actor) as work:
        work.require(Action.PASSWORD_CHANGE, kind="user", id_=actor.user_id)
        user = work.session.get(User, actor.user_id)
        if user is None:
            raise NotFound("There is no such account.")
        return _view(work.session, user)


def add_user(db: Database, actor: Actor, account: NewAccount | dict[str, Any]) -> tuple[UserView, str | None]:
    """Add an account and return it with the one-time code by which its holder sets a password.

    There is no code for an account with an e-mail address: its holder signs in through the provider.
    """
    account = parsed(NewAccount, account, "The account")
    with changing(db, actor) as work:
        work.require(Action.USER_CHANGE, kind="user")
        user = _insert(work.session, account, None)
        code = None if account.email.strip() else _issue(work.session, user)
        work.record(Action.USER_CHANGE, "user", user.id, added=True, role=user.role, provider=code is None)
        return _view(work.session, user), code


def issue_code(db: Database, actor: Actor, user_id: str) -> str:
    """Return a new one-time code for someone who cannot sign in; sessions end and the password is void."""
    with changing(db, actor) as work:
        work.require(Action.USER_CHANGE, kind="user", id_=user_id)
        user = _locked(work.session, user_id)
        user.password_hash = None
        forget_attempts(work.session, user.user_name)
        _end_sessions(work.session, user)
        code = _issue(work.session, user)
        work.record(Action.USER_CHANGE, "user", user.id, code_issued=True)
        return code


def use_code(db: Database, user_name: str, code: str, password: str) -> UserView:
    """Set a password with a one-time code; raise NotAllowed for a wrong code, Invalid for a poor password."""
    with changing(db, NOBODY) as work:
        count_attempt(work, user_name)
    hashed = hash_password(password, user_name)
    with changing(db, NOBODY) as work:
        setup = _valid_code(work, code, first=False)
        user = _locked(work.session, str(setup.user_id))
        if user.user_name.casefold() != user_name.strip().casefold() or not user.active:
            raise work.denied("account.use-code", _WRONG_CODE)
        setup.used_at = now()
        user.password_hash = hashed
        forget_attempts(work.session, user_name)
        work.record("account.use-code", "user", user.id)
        return _view(work.session, user)


def change_password(db: Database, actor: Actor, old: str, new: str) -> None:
    """Change one's own password; the other sessions of the person end.

    Raises SignInFailed when ``old`` is not the password, Invalid when ``new`` is a poor one.
    """
    with changing(db, actor) as work:
        work.require(Action.PASSWORD_CHANGE, kind="user", id_=actor.user_id)
        count_attempt(work, actor.user_name)
        user = work.session.get(User, actor.user_id)
        stored = user.password_hash if user else None
    if not password_fits(stored, old):
        with changing(db, actor) as work:
            because = "The present password is not right, so it was not changed."
            raise work.denied(Action.PASSWORD_CHANGE, because, "user", actor.user_id, error=SignInFailed)
    hashed = hash_password(new, actor.user_name, actor.display_name)
    with changing(db, actor) as work:
        user = _locked(work.session, actor.user_id)
        user.password_hash = hashed
        forget_attempts(work.session, actor.user_name)
        _end_sessions(work.session, user, but=actor.session_id)
        work.record(Action.PASSWORD_CHANGE, "user", user.id)


def change_user(
    db: Database,
    actor: Actor,
    user_id: str,
    *,
    role: str | None = None,
    active: bool | None = None,
    display_name: str | None = None,
) -> UserView:
    """Change an account; closing it ends its sessions. Nobody changes the role or the closing of their own."""
    from plea_aid.casework.walls import some_case_is_shut_for_good  # with all of case work, which a start needs not

    with changing(db, actor) as work:
        work.require(Action.USER_CHANGE, kind="user", id_=user_id)
        user = _locked(work.session, user_id)
        if user.id == actor.user_id and (role is not None or active is not None):
            because = "Nobody changes the role of their own account or closes it."
            raise work.denied(Action.USER_CHANGE, because, "user", user_id)
        wanted = {
            "user_name": user.user_name,
            "display_name": user.display_name if display_name is None else display_name,
            "role": role or user.role,
        }
        account = parsed(NewAccount, wanted, "The account")
        before = user.role
        user.display_name, user.role = account.display_name, account.role
        if active is not None:
            user.active = active
            if not active:
                _end_sessions(work.session, user)
        if (active is False or user.role != before) and some_case_is_shut_for_good(work.session):
            raise Invalid(_LAST_OPENER)
        work.record(Action.USER_CHANGE, "user", user.id, role=user.role, active=user.active)
        return _view(work.session, user)


def _nobody_yet(session: Session) -> bool:
    return session.execute(select(col(User.id)).limit(1)).first() is None


def _insert(session: Session, account: NewAccount, hashed: str | None) -> User:
    user = User(
        user_name=account.user_name,
        user_key=account.user_name.casefold(),
        display_name=account.display_name,
        role=account.role,
        password_hash=hashed,
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        raise Invalid(f"There is an account '{account.user_name}' already; choose another name.") from error
    link(session, user, account.email)
    return user


def _locked(session: Session, user_id: str) -> User:
    known = user_id if is_id(user_id) else ""
    user = session.scalars(select(User).where(col(User.id) == known).with_for_update()).first()
    if user is None:
        raise NotFound("There is no such account.")
    return user


def _issue(session: Session, user: User) -> str:
    _void_codes(session, user.id)
    code = new_code()
    expires = now() + timedelta(hours=CODE_HOURS)
    session.add(SetupCode(code_hash=code_hash(code), user_id=user.id, expires_at=expires))
    return code


def _void_codes(session: Session, user_id: str | None) -> None:
    of_user = col(SetupCode.user_id).is_(None) if user_id is None else col(SetupCode.user_id) == user_id
    session.execute(update(SetupCode).where(of_user, col(SetupCode.used_at).is_(None)).values(used_at=now()))


def _valid_code(work: Work, code: str, *, first: bool) -> SetupCode:
    query = select(SetupCode).where(col(SetupCode.code_hash) == code_hash(code)).with_for_update()
    setup = work.session.scalars(query).first()
    if setup is None or setup.used_at or setup.expires_at < now() or (setup.user_id is None) != first:
        raise work.denied("account.use-code", _WRONG_CODE)
    return setup


def _end_sessions(session: Session, user: User, but: str = "") -> None:
    open_ones = (col(SignInSession.user_id) == user.id, col(SignInSession.revoked_at).is_(None))
    session.execute(update(SignInSession).where(*open_ones, col(SignInSession.id) != but).values(revoked_at=now()))


def _view(session: Session, user: User) -> UserView:
    return _shown(user, session.get(LinkedIdentity, user.id))


def _views(session: Session, query: Select[User]) -> list[UserView]:
    links = {one.user_id: one for one in session.scalars(select(LinkedIdentity))}
    found = [_shown(user, links.get(user.id)) for user in session.scalars(query)]
    return sorted(found, key=lambda view: view.user_name.casefold())  # encrypted, so the database cannot sort it


def _shown(user: User, linked: LinkedIdentity | None) -> UserView:
    return UserView(
        id=user.id,
        user_name=user.user_name,
        display_name=user.display_name,
        role=user.role,
        active=user.active,
        created_at=user.created_at,
        has_password=user.password_hash is not None,
        email=linked.email if linked else "",
        linked=bool(linked and linked.subject),
    )
