"""Signing in through the office's own provider (OpenID Connect): whom it vouches for, and which account that opens.

Nobody gets an account this way. An administrator makes the account and names the e-mail address under which the
provider knows its holder. The first sign-in ties the account to the provider's issuer and subject; from then on only
these count, so that an address given to somebody else later opens nothing. One sign-in at the provider opens one
session here, and our own table of sessions rules it from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import select
from sqlmodel import Session, col

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import canonical, faulty_text, is_id, now, sha256
from plea_aid.casework.database import Database
from plea_aid.casework.entries import parsed
from plea_aid.casework.errors import Invalid, NotFound, SignInFailed, SignInStale
from plea_aid.casework.permissions import Action
from plea_aid.casework.signin import SignedIn, actor_of, new_session, nobody_at, plain_terminal
from plea_aid.casework.tables import LinkedIdentity, SignInSession, User
from plea_aid.casework.throttle import one_at_a_time
from plea_aid.casework.work import Work, changing

FRESH = timedelta(minutes=10)
"""How old a sign-in at the provider may be when it opens a session here."""
_AHEAD = timedelta(minutes=2)  # clocks differ
_LONGEST = 400
NO_ACCOUNT = (
    "The provider vouches for you, but no account here is tied to that identity. This program makes no account by "
    "itself: ask whoever keeps its accounts to add yours with the address under which you just signed in."
)

EmailAddress = Annotated[
    str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,180}$", strip_whitespace=True, to_lower=True)
]


class _Email(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    email: EmailAddress


@dataclass(frozen=True)
class Identity:
    """What the provider says of one sign-in, its signature checked before."""

    issuer: str
    subject: str
    email: str
    """Without case; empty when the provider gives none or says it is not verified."""
    issued_at: datetime
    nonce: str

    @property
    def proof(self) -> str:
        """The hash of this one sign-in."""
        return sha256(canonical([self.issuer, self.subject, self.nonce, self.issued_at.isoformat()]))


def identity_of(claims: Mapping[str, Any], expected_issuer: str) -> Identity:
    """Return the identity in the claims of an ID token; raise SignInFailed when one is missing or of another issuer."""
    issuer, subject, nonce = (_text(claims, name) for name in ("iss", "sub", "nonce"))
    issued = claims.get("iat")
    if not (issuer and subject and nonce) or not isinstance(issued, int | float) or isinstance(issued, bool):
        raise SignInFailed("The provider's answer lacks what it takes to sign in; tell whoever runs this program.")
    if issuer.rstrip("/") != expected_issuer.rstrip("/"):
        raise SignInFailed(
            f"The provider calls itself {issuer}, and the one that was set is {expected_issuer}; "
            "tell whoever runs this program."
        )
    email = (
        "" if claims.get("email_verified") is False else _text(claims, "email") or _text(claims, "preferred_username")
    )
    try:
        issued_at = datetime.fromtimestamp(issued, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise SignInFailed("The provider's answer is not dated; tell whoever runs this program.") from error
    return Identity(issuer, subject, email.casefold(), issued_at, nonce)


def sign_in_with(db: Database, identity: Identity, terminal: str = "") -> SignedIn:
    """Open a session for whom the provider vouches; raise SignInFailed, with why.

    Refused are an identity tied to no account, a closed account, a sign-in that is old or has opened a session.
    """
    terminal = plain_terminal(terminal)
    with changing(db, nobody_at(terminal)) as work:
        user = _holder(work, identity)
        token, row = new_session(user, terminal, identity.proof)
        actor = actor_of(user, row)
        work.session.add(row)
        work.actor = actor
        work.record("session.open", "session", row.id, by="provider")
    return SignedIn(token, actor, row.expires_at)


def set_email(db: Database, actor: Actor, user_id: str, email: str) -> None:
    """Name the address under which the provider knows the holder of an account; empty unties the account.

    The next sign-in under the address ties the account anew. Raises Invalid, NotAllowed, NotFound.
    """
    with changing(db, actor) as work:
        work.require(Action.USER_CHANGE, kind="user", id_=user_id if is_id(user_id) else "")
        user = work.session.get(User, user_id) if is_id(user_id) else None
        if user is None:
            raise NotFound("There is no such account.")
        link(work.session, user, email)
        work.record(Action.USER_CHANGE, "user", user.id, provider="named" if email.strip() else "untied")


def link(session: Session, user: User, email: str) -> None:
    """Tie an account to an address, within a piece of work; empty unties it. Raises Invalid."""
    stored = session.get(LinkedIdentity, user.id)
    if stored is not None:
        session.delete(stored)
        session.flush()
    if not email.strip():
        return
    if faulty_text(email):
        raise Invalid("The e-mail address holds a character that is not text.")
    key = parsed(_Email, {"email": email}, "The e-mail address").email.casefold()
    taken = session.scalars(select(LinkedIdentity).where(col(LinkedIdentity.email_key) == key)).first()
    if taken is not None:
        raise Invalid("Another account is tied to that e-mail address; choose another or untie that account first.")
    session.add(LinkedIdentity(user_id=user.id, email=key, email_key=key))


def _holder(work: Work, identity: Identity) -> User:
    session, moment = work.session, now()
    one_at_a_time(session)
    if not -_AHEAD <= moment - identity.issued_at <= FRESH:
        raise _refused(work, "That sign-in at the provider is too old; please sign in again.", error=SignInStale)
    used = select(col(SignInSession.id)).where(col(SignInSession.proof) == identity.proof)
    if session.execute(used).first() is not None:
        raise _refused(work, "That sign-in at the provider has been used; please sign in again.", error=SignInStale)
    same = (col(LinkedIdentity.issuer) == identity.issuer, col(LinkedIdentity.subject) == identity.subject)
    linked = session.scalars(select(LinkedIdentity).where(*same).with_for_update()).first()
    if linked is None and identity.email:
        waiting = (col(LinkedIdentity.email_key) == identity.email, col(LinkedIdentity.subject).is_(None))
        linked = session.scalars(select(LinkedIdentity).where(*waiting).with_for_update()).first()
        if linked is not None:
            linked.issuer, linked.subject, linked.linked_at = identity.issuer, identity.subject, moment
            work.record("account.identity", "user", linked.user_id, issuer=identity.issuer)
    user = session.get(User, linked.user_id) if linked is not None else None
    if user is None or not user.active:
        raise _refused(work, NO_ACCOUNT, user.id if user else "")
    return user


def _refused(work: Work, because: str, user_id: str = "", error: type[SignInFailed] = SignInFailed) -> Exception:
    return work.denied("session.open", because, "user", user_id, error=error)


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) and len(value) <= _LONGEST and not faulty_text(value) else ""
