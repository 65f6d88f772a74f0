"""Fixtures: `dialtone`, a server for the run; `tenant`, an account for the test; `handset`, its phone."""

import pytest

from . import Dialtone, DialtoneError


def pytest_addoption(parser):
    group = parser.getgroup("dialtone")
    group.addoption("--dialtone-binary", help="the program; default: DIALTONE_BINARY, else dialtone on the PATH")
    group.addoption("--dialtone-url", help="use this server instead of starting one; with its account in TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")
    group.addoption("--dialtone-args", default="", help="more options of `dialtone serve`")


@pytest.fixture(scope="session")
def dialtone(request):
    """The server of this run."""
    import os

    url = request.config.getoption("--dialtone-url")
    if url:
        server = Dialtone.connect(url, os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
    else:
        server = Dialtone.start(request.config.getoption("--dialtone-binary"), request.config.getoption("--dialtone-args").split())
    yield server
    server.stop()


@pytest.fixture
def tenant(request, dialtone):
    """An account for one test, with a number and a phone; removed afterwards. @pytest.mark.dialtone(handsets=2, …) says more."""
    marker = request.node.get_closest_marker("dialtone")
    made = dialtone.tenant(**{"name": request.node.name, **(marker.kwargs if marker else {})})
    yield made
    try:
        made.remove()
    except DialtoneError as error:
        if error.status not in (401, 404):  # the test, or a reset, has removed it
            raise


@pytest.fixture
def handset(tenant):
    """The tenant's phone."""
    return tenant.handset


def pytest_configure(config):
    config.addinivalue_line("markers", "dialtone(**options): what the fixture `tenant` is made with, as Dialtone.tenant()")
