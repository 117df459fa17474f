"""Sign-in: who is it?

`Gate` registers, logs in and out, and says from memory whose key or token it is shown. What it keeps goes through
`Kept`, which the venue's store satisfies. Secrets appear in no text that is logged, raised or printed.
"""

from crossbook.venue.sign_in.administration import Administration
from crossbook.venue.sign_in.answers import (
    KeyView,
    NewKey,
    Registered,
    SessionView,
    SignedIn,
    UserView,
)
from crossbook.venue.sign_in.gate import Gate
from crossbook.venue.sign_in.kept import (
    BegunSessions,
    EndedTokens,
    Kept,
    KeptKey,
    KeptSession,
    KeptUser,
    Keys,
    Users,
)
from crossbook.venue.sign_in.own_keys import OwnKeys
from crossbook.venue.sign_in.own_sessions import OwnSessions
from crossbook.venue.sign_in.passwords import Passwords
from crossbook.venue.sign_in.people import AccountOf, OpenAccount

__all__ = [
    "AccountOf",
    "Administration",
    "BegunSessions",
    "EndedTokens",
    "Gate",
    "Kept",
    "KeptKey",
    "KeptSession",
    "KeptUser",
    "KeyView",
    "Keys",
    "NewKey",
    "OpenAccount",
    "OwnKeys",
    "OwnSessions",
    "Passwords",
    "Registered",
    "SessionView",
    "SignedIn",
    "UserView",
    "Users",
]
