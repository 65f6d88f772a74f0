import pytest

import app


@pytest.fixture
def shop(tenant):
    """The app of one test: on a port of its own, with the tenant's account."""
    shop = app.Shop(app.Twilio(tenant.account_sid, tenant.auth_token, tenant.opener()), tenant.number)
    server = app.serve(shop)
    tenant.set_number(SmsUrl=f"http://127.0.0.1:{server.server_port}/sms")
    shop.port = server.server_port
    yield shop
    server.shutdown()
    server.server_close()
