"""What the running program lets in and what its answers carry: real requests and WebSockets, by hand."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from plea_aid.casework import accounts, signin
from plea_aid.casework.migrate import open_database
from plea_aid.pages import tickets
from tests.browser.conftest import Server, running

pytestmark = pytest.mark.xdist_group("server")
PUBLIC = "plea-aid.city.example"
EVIL = "http://elsewhere.example"
UPLOAD = "/_stcore/upload_file/0/1"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes


def ask(server: Server, method: str, path: str, host: str, body: bytes = b"", **headers: str) -> Answer:
    """Send exactly this request: no header is added but the length of a body."""
    connection = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=20)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    if host:
        connection.putheader("Host", host)
    if body and "Transfer_Encoding" not in headers:
        connection.putheader("Content-Length", str(len(body)))
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    try:
        connection.endheaders()
        connection.send(body)
        came = connection.getresponse()
        named = {name.lower(): value for name, value in came.getheaders()}
        return Answer(came.status, named, came.headers.get_all("set-cookie") or [], came.read())
    finally:
        connection.close()


def websocket(server: Server, path: str, host: str, origin: str | None, **headers: str) -> int:
    """Return the status that a WebSocket handshake is answered with: 101 when it opens."""
    port = int(server.address.rsplit(":", 1)[1])
    try:
        with connect(
            f"ws://{host}{path}",
            sock=socket.create_connection(("127.0.0.1", port), timeout=20),
            additional_headers={**({"Origin": origin} if origin else {}), **headers},
            proxy=None,
        ):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the program on loopback."""
    return tmp_path_factory.mktemp("here")


@pytest.fixture(scope="module")
def here(home: Path) -> Iterator[Server]:
    """The program on loopback."""
    with running(home) as server:
        yield server


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The program behind a proxy, which the tests play."""
    with running(
        tmp_path_factory.mktemp("behind"), "--behind-proxy", PLEA_AID_PUBLIC_URL=f"https://{PUBLIC}/"
    ) as server:
        yield server


def test_it_says_where_it_runs_and_every_answer_is_guarded(here: Server) -> None:
    assert f"{here.address} (this machine only)" in here.printed
    assert "Traceback" not in here.printed
    host = here.address.removeprefix("http://")
    page = ask(here, "GET", "/", host)
    assert b'lang="en"' in page.body
    script = page.body.split(b'src="./static/js/')[1].split(b'"')[0].decode()
    asset = ask(here, "GET", f"/static/js/{script}", host)
    assert "immutable" in asset.headers["cache-control"]
    others = [ask(here, "GET", path, host) for path in ("/charges", "/_stcore/health", "/nothing/here", "/media/0.pdf")]
    for answer in (page, asset, *others, ask(here, "GET", "/", "elsewhere.example")):
        policy = answer.headers["content-security-policy"]
        for rule in ("object-src 'none'", "base-uri 'none'", "connect-src 'self'", "frame-ancestors 'none'"):
            assert rule in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers
        assert "strict-transport-security" not in answer.headers
        assert answer is asset or answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_it_answers_to_its_own_name(here: Server, name: str) -> None:
    host = f"{name}:{here.address.rsplit(':', 1)[1]}"
    assert ask(here, "GET", "/", host).status == 200
    assert ask(here, "GET", "/", host, Origin=f"http://{host}").status == 200
    assert ask(here, "POST", tickets.ROUTE, host, b"guessed", Origin=f"http://{host}").status == 410
    assert websocket(here, "/_stcore/stream", host, f"http://{host}") == 101


# METHOD, path, Host ('' for none, '%' for the own one), headers, status
REFUSED = [
    ("GET", "/", "elsewhere.example", {}, 421),
    ("GET", "/", "127.0.0.1", {}, 421),  # another port
    ("GET", "/_stcore/health", "elsewhere.example", {}, 421),
    ("GET", "/", "%.", {}, 421),
    ("GET", "/", "%@elsewhere.example", {}, 421),
    ("GET", "/", "%", {"Host": "elsewhere.example"}, (400, 421)),
    ("GET", "/", "%", {"Origin": EVIL}, 403),
    ("GET", "/", "%", {"Origin": "null"}, 403),
    ("GET", "/media/0.pdf", "%", {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"}, 403),
    ("GET", "/", "%", {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}, 403),
    ("POST", tickets.ROUTE, "%", {}, 403),  # a browser always says where it posts from
    ("POST", tickets.ROUTE, "%", {"Origin": EVIL}, 403),
    ("POST", tickets.ROUTE, "%", {"Origin": "https://%"}, 403),
    ("PUT", UPLOAD, "%", {"Origin": EVIL}, 403),
    ("PUT", UPLOAD, "%", {"Origin": "http://%"}, 403),  # nobody is signed in
    ("DELETE", UPLOAD, "%", {"Origin": "http://%"}, 403),
    ("GET", "/media/0.pdf", "%", {}, 403),
    ("GET", "/media/0.pdf", "%", {"Cookie": f"{tickets.COOKIE}=guessed"}, 403),
    ("GET", tickets.ROUTE, "%", {}, 405),
    ("POST", "/", "%", {"Origin": "http://%"}, 405),
    ("OPTIONS", UPLOAD, "%", {"Origin": "http://%"}, 405),
    ("TRACE", "/", "%", {"Origin": "http://%"}, 405),
    ("GET", "/_stcore/metrics", "%", {}, 404),
    ("GET", "/_stcore/agent/openapi.json", "%", {}, 404),
    ("GET", "/_stcore/script-health-check", "%", {}, 404),
    ("GET", "/component/x/index.html", "%", {}, 404),
    ("GET", "/app/static/x", "%", {}, 404),
    ("GET", "/.git/config", "%", {}, 404),
    ("GET", "/static/../../streamlit_app.py", "%", {}, (400, 404)),
    ("GET", "/%2e%2e/%2e%2e/etc/passwd", "%", {}, (400, 404)),
    ("GET", "/charges%00", "%", {}, 404),
    ("GET", "//elsewhere.example", "%", {}, 404),
    ("GET", "/static/js/", "%", {}, (200, 301, 404)),
]


def test_what_is_refused_learns_nothing(here: Server, home: Path) -> None:
    own = here.address.removeprefix("http://")
    for method, path, host, headers, status in REFUSED:
        filled = {name: value.replace("%", own) for name, value in headers.items()}
        answer = ask(here, method, path, host.replace("%", own), **filled)
        expected = status if isinstance(status, tuple) else (status,)
        assert answer.status in expected, (method, path, host, headers, answer.status)
        if answer.status >= 400:
            assert len(answer.body) < 40, answer.body  # one sentence: no path, no name, no version
            assert b"Traceback" not in answer.body
            assert answer.cookies == []
    log = (home / "printed.txt").read_text()
    assert "Refused a request: Host 'elsewhere.example' is not this program's name" in log
    assert f"Refused a request: POST with Origin '{EVIL}'" in log
    assert "Traceback" not in log


def test_a_websocket_opens_for_the_own_origin_only(here: Server) -> None:
    host = here.address.removeprefix("http://")
    other = f"localhost:{host.rsplit(':', 1)[1]}"
    for path, name, origin in (
        ("/_stcore/stream", host, EVIL),
        ("/_stcore/stream", host, None),
        ("/_stcore/stream", host, "null"),
        ("/_stcore/stream", host, f"https://{host}"),
        ("/_stcore/stream", host, f"http://{other}"),
        ("/_stcore/stream", "elsewhere.example", "http://elsewhere.example"),  # DNS rebinding
        ("/", host, f"http://{host}"),
    ):
        assert websocket(here, path, name, origin) == 403, (path, name, origin)


def test_a_long_body_is_not_read(here: Server) -> None:
    host = here.address.removeprefix("http://")
    own = {"Origin": f"http://{host}"}
    assert ask(here, "POST", tickets.ROUTE, host, b"x" * 1025, **own).status == 413
    chunk = b"400\r\n" + b"x" * 1024 + b"\r\n"
    answer = ask(here, "POST", tickets.ROUTE, host, chunk * 4 + b"0\r\n\r\n", Transfer_Encoding="chunked", **own)
    assert (answer.status, answer.body) == (413, b"Too large.")
    assert ask(here, "PUT", UPLOAD, host, Content_Length=str(30 * 1024 * 1024), **own).status == 413
    assert ask(here, "POST", tickets.ROUTE, host, Content_Length="-1", **own).status in (400, 413)
    assert ask(here, "GET", "/_stcore/health", host).status == 200


def test_a_long_message_ends_its_websocket_and_nothing_else(here: Server) -> None:
    host = here.address.removeprefix("http://")
    with connect(f"ws://{host}/_stcore/stream", additional_headers={"Origin": here.address}, proxy=None) as opened:
        opened.send(bytes(5_000_001))
        with pytest.raises(ConnectionClosed) as ended:
            list(iter(lambda: opened.recv(timeout=20), None))
    assert ended.value.rcvd
    assert ended.value.rcvd.code == 1009  # too big
    assert ask(here, "GET", "/_stcore/health", host).status == 200


def test_on_loopback_nobody_is_believed_to_be_a_proxy(here: Server) -> None:
    host = here.address.removeprefix("http://")
    told = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.9"}
    answer = ask(here, "GET", "/_stcore/health", host, **told)
    assert answer.status == 200
    assert "strict-transport-security" not in answer.headers
    assert answer.cookies
    assert not any("secure" in one.lower() for one in answer.cookies)


def test_behind_a_proxy_it_answers_to_its_public_name_by_tls_alone(behind: Server) -> None:
    assert f"Plea Aid runs at https://{PUBLIC}/; the proxy finds it at http://127.0.0.1:" in behind.printed
    host = behind.address.removeprefix("http://")
    by_tls = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.9"}
    page = ask(behind, "GET", "/", PUBLIC, **by_tls)
    assert page.status == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    health = ask(behind, "GET", "/_stcore/health", PUBLIC, **by_tls)
    assert health.cookies
    assert all("; secure" in one.lower() for one in health.cookies)

    assert ask(behind, "GET", "/_stcore/health", host).status == 200  # for whatever watches the process
    assert ask(behind, "GET", "/", host, **by_tls).status == 421
    assert ask(behind, "GET", "/", PUBLIC).status == 403
    assert ask(behind, "GET", "/", f"{PUBLIC}:8501", **by_tls).status == 421
    assert ask(behind, "GET", "/", PUBLIC, Origin=f"http://{PUBLIC}", **by_tls).status == 403
    ours = f"https://{PUBLIC}"
    assert ask(behind, "POST", tickets.ROUTE, PUBLIC, b"guessed", Origin=ours, **by_tls).status == 410
    assert websocket(behind, "/_stcore/stream", PUBLIC, ours, **{"X-Forwarded-Proto": "https"}) == 101
    assert websocket(behind, "/_stcore/stream", PUBLIC, ours) == 403
    assert websocket(behind, "/_stcore/stream", PUBLIC, EVIL, **{"X-Forwarded-Proto": "https"}) == 403


def test_a_file_is_for_an_open_session_and_no_longer(here: Server, home: Path) -> None:
    with closing(open_database(f"sqlite:///{home / 'office.db'}")) as db:
        pat = {"user_name": "pat", "display_name": "Pat Doe", "role": "supervisor"}
        accounts.create_first_account(db, here.code, pat, "a long enough sentence")
        opened = signin.sign_in(db, "pat", "a long enough sentence")
        host = here.address.removeprefix("http://")
        cookie = f"other=1; {tickets.COOKIE}={opened.token}"
        assert ask(here, "GET", "/media/0.pdf", host, Cookie=cookie).status == 404  # admitted, and not there
        upload = ask(here, "PUT", UPLOAD, host, Cookie=cookie, Origin=here.address)
        assert (upload.status, upload.body) == (403, b"XSRF token missing or invalid")  # admitted, and no field's
        signin.sign_out(db, opened.token)
        answer = ask(here, "GET", "/media/0.pdf", host, Cookie=cookie)
        assert (answer.status, answer.body) == (403, b"Sign in first.")
