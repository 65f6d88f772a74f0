import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import app


def test_an_order_from_menu_to_ready(shop, handset):
    handset.text("menu")
    assert handset.expect(re.compile(r"funghi (\d+)")).match[1] == "11"
    handset.text("Funghi")
    handset.expect("One funghi, 11 please.")
    message = shop.ready(handset.number)
    assert handset.expect("is ready!").sid == message["sid"]


@pytest.mark.parametrize("text", ["pineapple", "", " "])
def test_what_we_do_not_have(shop, handset, text):
    handset.text(text or "?")
    handset.expect("Reply MENU")
    assert shop.orders == {}


@pytest.mark.dialtone(handsets=2)
def test_two_customers_at_once(shop, tenant):
    one, two = tenant.handsets
    one.text("diavola")
    two.text("margherita")
    one.expect("One diavola")
    two.expect("One margherita")
    assert shop.orders == {one.number: "diavola", two.number: "margherita"}


def test_a_request_that_is_not_signed_is_refused(shop, tenant, handset):
    tenant.set_number(SmsUrl=f"http://localhost:{shop.port}/sms")  # not the URL that the app takes for its own
    handset.text("menu")
    alert = tenant.wait_for(kind="alert")["alert"]
    assert alert["error_code"] == "11200"
    assert alert["response_body"] == "The signature is wrong"


def test_when_the_webhook_fails_the_customer_hears_nothing(shop, tenant, handset):
    fault = tenant.faults.add("reset", url=f"127.0.0.1:{shop.port}", times=1)
    handset.text("menu")
    assert tenant.wait_for(kind="alert")["alert"]["error_code"] == "11205"
    handset.text("menu")
    handset.expect("margherita 9")
    assert len(handset.messages()) == 1
    assert tenant.faults.fetch(fault["sid"])["struck"] == 1


def test_the_app_as_a_program(tenant, handset):
    """Unchanged, in a process of its own: the environment leads it here."""
    process = subprocess.Popen([sys.executable, str(Path(app.__file__))], env={**os.environ, **tenant.env(), "PORT": "0"}, stdout=subprocess.PIPE, text=True)
    try:
        port = re.search(r"\d+", process.stdout.readline())[0]
        tenant.set_number(SmsUrl=f"http://127.0.0.1:{port}/sms")
        handset.text("menu")
        handset.expect("margherita 9")
    finally:
        process.terminate()
        process.wait()
