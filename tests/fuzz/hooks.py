"""What schemathesis cannot know by itself: how banks and operators sign, and what must outlive the run."""

import base64
import hashlib
import hmac
import os
import secrets
import time
import uuid

import schemathesis

PAYMENTS_KEY = base64.b64decode(os.environ["SENDBOX_FUZZ_PAYMENTS_SECRET"].removeprefix("whsec_"))
OPERATOR_KEY = os.environ["SENDBOX_FUZZ_OPERATOR_SECRET"].encode()
ADDRESS_HEADER = os.environ["SENDBOX_FUZZ_ADDRESS_HEADER"]
# The product's clock goes that much before this machine's.
SHIFT_SECONDS = int(os.environ["SENDBOX_FUZZ_SHIFT_SECONDS"])
# The id of the API key with which the run itself asks.
KEPT_KEY = os.environ["SENDBOX_FUZZ_API_KEY_ID"]

# What schemathesis.toml says in place of a signature, which is made from the body as it is sent: see `Signed`.
TO_BE_SIGNED = "to be signed"


def code(key: bytes, content: bytes) -> str:
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


class Signed:
    """Signs a request once its bytes are known, as `requests` lets whoever authenticates do."""

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        if request.headers.get("webhook-signature") == TO_BE_SIGNED:
            sent_id = f"fuzz-{uuid.uuid4()}"
            now = str(int(time.time() + SHIFT_SECONDS))
            request.headers["webhook-id"] = sent_id
            request.headers["webhook-timestamp"] = now
            request.headers["webhook-signature"] = code(PAYMENTS_KEY, f"{sent_id}.{now}.".encode() + body)
        if request.headers.get("sandbox-signature") == TO_BE_SIGNED:
            request.headers["sandbox-signature"] = code(OPERATOR_KEY, body)
        return request


SOUNDS = ["mp3", "mpeg", "mpeg3", "vnd.wave", "wav", "wave", "x-mp3", "x-mpeg", "x-mpeg-3", "x-pn-wav", "x-wav"]


@schemathesis.serializer(*(f"audio/{name}" for name in SOUNDS))
def sound(context, value):
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_call(context, case, kwargs):
    # What anybody may ask is limited by network, and a limit would hide everything behind it: each request comes
    # from another one.
    network = [secrets.token_hex(2) for _ in range(3)]
    case.headers[ADDRESS_HEADER] = f"2001:{':'.join(network)}::1"
    if TO_BE_SIGNED in (case.headers.get(name) for name in ("webhook-signature", "sandbox-signature")):
        kwargs["auth"] = Signed()


@schemathesis.hook
def filter_case(context, case):
    """The run's own key is not revoked."""
    return not (case.method == "DELETE" and KEPT_KEY in (case.path_parameters or {}).values())


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """On a loopback address, where there is no TLS, the session's cookie has the name without the prefix."""
    raw_schema["components"]["securitySchemes"]["session"]["name"] = "sendbox"
