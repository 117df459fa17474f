"""Sign-in: who is it?

`Gate` registers, logs in and out, and says from memory whose key or token it is shown. What it keeps goes through
`Kept`, which the venue's store satisfies. Secrets appear in no text that is logged, raised or printed.
"""

from crossbook.venue.sign_in.administration import Administration
from crossbook.venue.sign_in.answers import KeyView, NewKey, Registered, SignedIn, UserView
from crossbook.venue.sign_in.gate import Gate
from crossbook.venue.sign_in.kept import EndedTokens, Kept, KeptKey, KeptUser, Keys, Users
from crossbook.venue.sign_in.own_keys import OwnKeys
from crossbook.venue.sign_in.passwords import Passwords
from crossbook.venue.sign_in.people import AccountOf, OpenAccount

__all__ = [
    "AccountOf",
    "Administration",
    "EndedTokens",
    "Gate",
    "Kept",
    "KeptKey",
    "KeptUser",
    "KeyView",
    "Keys",
    "NewKey",
    "OpenAccount",
    "OwnKeys",
    "Passwords",
    "Registered",
    "SignedIn",
    "UserView",
    "Users",
]
