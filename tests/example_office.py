"""Fills the database that the environment names with a prosecutor and the example cases; run as a program."""

from __future__ import annotations

from pathlib import Path

from plea_aid.casework import migrate
from plea_aid.casework.actors import Actor
from plea_aid.casework.examples import load_examples
from plea_aid.casework.tables import User


def main() -> None:
    """Make the account and its own copies of the example cases below the current folder."""
    db = migrate.open_database()
    with db.write() as session:
        user = User(user_name="example", user_key="example", display_name="E. Example", role="prosecutor")
        session.add(user)
        actor = Actor(user.id, "example", user.display_name, user.role, "desk", "a session")
    load_examples(db, actor, Path("data/examples"))
    db.close()


if __name__ == "__main__":
    main()
