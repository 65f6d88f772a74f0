"""Tests of apps that use Twilio, on a phone network that runs in the test. Standard library only."""

from ._account import Account, Tenant
from ._handset import Expected, Handset
from ._http import DialtoneError
from ._dialtone import Dialtone

__all__ = ["Account", "Dialtone", "DialtoneError", "Expected", "Handset", "Tenant"]
