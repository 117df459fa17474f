"""The web application's files: what is answered, how it may be kept, and what is never reached."""

import gzip
from pathlib import Path

import pytest

from crossbook.core import ConfigError
from crossbook.doors.http import web_files
from crossbook.doors.http.door import DoorOptions
from crossbook.doors.http.web_files import WebFiles
from tests.http_venue import client_of, open_venue
from tests.loops import looped

PAGE = b'<!doctype html><script type="module" src="./assets/app-1a2b.js"></script>'
SCRIPT = b"export const answer = 42;\n" * 200


def built(folder: Path) -> WebFiles:
    """Make a folder as the build leaves it, and read it."""
    assets = folder / "assets"
    assets.mkdir(parents=True)
    (folder / "index.html").write_bytes(PAGE)
    (folder / "icon.svg").write_bytes(b"<svg/>")
    (folder / "app.webmanifest").write_bytes(b"{}")
    (folder / ".hidden").write_bytes(b"hidden")
    (folder / "a name.txt").write_bytes(b"a name that no link has")
    (assets / "app-1a2b.js").write_bytes(SCRIPT)
    (assets / "app-1a2b.js.br").write_bytes(b"as brotli")
    (assets / "app-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (assets / "app-1a2b.css").write_bytes(b"a{}")
    (assets / "text-9f.woff2").write_bytes(b"a font")
    (assets / "lone-1.js.gz").write_bytes(b"without the file that it stands for")
    (assets / "thing.xyz").write_bytes(b"of no known kind")
    (folder.parent / "secret.txt").write_bytes(b"secret")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    return WebFiles(folder)


@looped
async def test_the_page_is_asked_for_again_each_time_and_its_parts_are_kept(tmp_path: Path) -> None:
    files = built(tmp_path / "web")
    async with open_venue(tmp_path) as venue, client_of(venue, web_files=files) as client:
        page = await client.get("/")
        same = await client.get("/index.html")
        script = await client.get("/assets/app-1a2b.js", headers={"accept-encoding": "identity"})
        health = await client.get("/api/health")

    assert (page.status_code, page.content, same.content) == (200, PAGE, PAGE)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"
    assert (script.status_code, script.content) == (200, SCRIPT)
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["vary"] == "accept-encoding"
    assert "content-encoding" not in script.headers
    assert "content-security-policy" not in script.headers
    for answer in (page, script):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["content-length"] == str(len(answer.content))
    assert health.json()["status"] == "ok"


KINDS = {
    "/icon.svg": "image/svg+xml",
    "/app.webmanifest": "application/manifest+json",
    "/assets/app-1a2b.js": "text/javascript; charset=utf-8",
    "/assets/app-1a2b.css": "text/css; charset=utf-8",
    "/assets/text-9f.woff2": "font/woff2",
    "/assets/thing.xyz": "application/octet-stream",
}


@looped
async def test_each_kind_of_file_says_what_it_is(tmp_path: Path) -> None:
    files = built(tmp_path / "web")
    async with open_venue(tmp_path) as venue, client_of(venue, web_files=files) as client:
        kinds = {path: (await client.get(path)).headers["content-type"] for path in KINDS}

    assert kinds == KINDS


ACCEPTED = [
    ("", None),
    ("identity", None),
    ("br", "br"),
    ("gzip", "gzip"),
    ("gzip, deflate, br, zstd", "br"),
    ("GZIP;q=1.0, BR;q=0.5", "gzip"),
    ("br;q=0, gzip", "gzip"),
    ("br;q=0, gzip;q=0", None),
    ("*", "br"),
    ("*;q=0", None),
    ("br;q=0, *;q=0.5", "gzip"),
    ("identity;q=1, br;q=0.5", None),
    ("br;q=nonsense, gzip;q=2", None),
    ("br;level=9", None),
    (",,;,;q=1,é", None),
    ("deflate", None),
]


@pytest.mark.parametrize(("accepted", "encoding"), ACCEPTED)
@looped
async def test_what_is_sent_is_compressed_as_the_client_likes_it(
    tmp_path: Path, accepted: str, encoding: str | None
) -> None:
    file = built(tmp_path / "web").find("/assets/app-1a2b.js")
    assert file is not None
    status, headers, body = file.answer({b"accept-encoding": accepted.encode("latin-1")})
    told = dict(headers)

    assert status == 200
    assert told.get(b"content-encoding") == (None if encoding is None else encoding.encode())
    assert body == {None: SCRIPT, "br": b"as brotli", "gzip": body}[encoding]
    assert told[b"vary"] == b"accept-encoding"
    if encoding == "gzip":
        assert gzip.decompress(body) == SCRIPT


@looped
async def test_a_client_that_has_the_content_is_told_so_and_in_each_encoding_for_itself(
    tmp_path: Path,
) -> None:
    files = built(tmp_path / "web")
    path = "/assets/app-1a2b.js"
    async with open_venue(tmp_path) as venue, client_of(venue, web_files=files) as client:
        first = await client.get("/")
        tags = {
            encoding: (await client.get(path, headers={"accept-encoding": encoding})).headers["etag"]
            for encoding in ("gzip", "identity")
        }
        tag = first.headers["etag"]
        statuses = [
            (await client.get("/", headers={"if-none-match": said})).status_code
            for said in (tag, f'"other", W/{tag}', "*", '"other"', tag.strip('"'), "")
        ]
        same = await client.get("/", headers={"if-none-match": tag})
        others = await client.get(
            path, headers={"accept-encoding": "gzip", "if-none-match": tags["identity"]}
        )

    assert statuses == [304, 304, 304, 200, 200, 200]
    assert same.content == b""
    assert same.headers["etag"] == tag
    assert same.headers["cache-control"] == "no-cache"
    assert "content-security-policy" in same.headers
    assert not {"content-length", "content-type"} & set(same.headers)
    assert others.status_code == 200


@looped
async def test_the_files_take_get_and_head_alone(tmp_path: Path) -> None:
    files = built(tmp_path / "web")
    async with open_venue(tmp_path) as venue, client_of(venue, web_files=files) as client:
        head = await client.head("/")
        wrong = [await client.request(method, "/") for method in ("POST", "DELETE", "OPTIONS", "PUT")]

    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(PAGE)))
    assert [answer.status_code for answer in wrong] == [405] * 4
    assert {answer.headers["allow"] for answer in wrong} == {"GET, HEAD"}
    assert {answer.json()["code"] for answer in wrong} == {"method_not_allowed"}


NOWHERE = [
    "/assets/",
    "/assets",
    "/assets/nothing.js",
    "/assets/app-1a2b.js.br",
    "/assets/app-1a2b.js.gz",
    "/assets/../index.html",
    "/assets/%2e%2e/index.html",
    "/..%2fsecret.txt",
    "/.hidden",
    "/link.txt",
    "/a name.txt",
    "/INDEX.HTML",
    "//index.html",
]


@pytest.mark.parametrize("path", NOWHERE)
@looped
async def test_no_path_leads_out_of_the_names_that_were_found(tmp_path: Path, path: str) -> None:
    files = built(tmp_path / "web")
    async with open_venue(tmp_path) as venue, client_of(venue, web_files=files) as client:
        client.base_url = client.base_url.copy_with(raw_path=path.replace(" ", "%20").encode())
        answer = await client.get("")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@looped
async def test_the_routes_of_the_venue_go_before_files_of_the_same_name(tmp_path: Path) -> None:
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_bytes(PAGE)
    (folder / "metrics").write_bytes(b"not the figures")
    (folder / "openapi.json").write_bytes(b"not the document")
    async with open_venue(tmp_path) as venue, client_of(venue, web_files=WebFiles(folder)) as client:
        figures, document = await client.get("/metrics"), await client.get("/openapi.json")

    assert "crossbook_trades" in figures.text
    assert document.json()["openapi"]


@looped
async def test_under_a_sub_path_the_page_and_its_parts_are_found(tmp_path: Path) -> None:
    files, options = built(tmp_path / "web"), DoorOptions(root_path="/market")
    async with open_venue(tmp_path) as venue, client_of(venue, options, web_files=files) as client:
        answers = [
            await client.get(path)
            for path in ("/market/", "/", "/market/assets/app-1a2b.css", "/assets/app-1a2b.css")
        ]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert answers[0].content == answers[1].content == PAGE


@looped
async def test_the_files_count_towards_the_rate_of_an_address(tmp_path: Path) -> None:
    files = built(tmp_path / "web")
    async with (
        open_venue(tmp_path, requests_per_second=0.001, request_burst=2) as venue,
        client_of(venue, web_files=files) as client,
    ):
        statuses = [(await client.get(path)).status_code for path in ("/", "/icon.svg", "/", "/icon.svg")]

    assert statuses == [200, 200, 429, 429]


@looped
async def test_where_nothing_was_built_a_plain_page_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (None, tmp_path / "absent", tmp_path / "empty"):
        async with open_venue(tmp_path) as venue, client_of(venue, web_files=WebFiles(folder)) as client:
            front = await client.get("/")
            icon = await client.get("/icon.svg")
        assert (front.status_code, icon.status_code) == (200, 404)
        assert "make run" in front.text


def test_a_folder_that_holds_too_much_is_a_mistake_of_the_operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(tmp_path / "web")
    for name, bound in (("FILES_MAX", 3), ("BYTES_MAX", 100)):
        with monkeypatch.context() as bounded:
            bounded.setattr(web_files, name, bound)
            with pytest.raises(ConfigError, match=r"the web application in .* has more than"):
                WebFiles(tmp_path / "web")
