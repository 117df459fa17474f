"""The web application, as it was built: files that are read once, and answered from memory.

The build leaves `index.html`, `assets/` with names that change with their content, and small files beside them such as an
icon; a large text may have neighbours `NAME.br` and `NAME.gz`, which are the same compressed. Only names that were found at
the start are answered, so that no path of a request ever reaches the file system.
"""

import hashlib
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from crossbook.core import ConfigError
from crossbook.doors.http.problems import Header
from crossbook.doors.http.proxies import Headers

WEB_APP: Final = Path(__file__).with_name("web_app")
"""Where the build leaves its files; the folder is absent where nothing was built."""
INDEX: Final = "index.html"
ASSETS: Final = "assets"
FILES_MAX: Final = 1_000
BYTES_MAX: Final = 64 << 20
"""Of all files together."""
KEPT_SECONDS: Final = 31_536_000
"""How long a browser may keep what has another name once it is changed: a year, as RFC 9111 takes for ever."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""What the page may load: only what comes from here."""
MEDIA_TYPES: Final = MappingProxyType({
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
})  # fmt: skip
"""By the end of the name; of any other kind are just bytes."""
UNKNOWN_TYPE: Final = "application/octet-stream"

TAKEN: Final = frozenset({"/docs", "/metrics", "/openapi.json"})
"""Paths that are the venue's own, whatever the build calls its files."""

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
"""Of content, the smaller first, with the ends of the names of such neighbours."""
_PLAIN: Final = "identity"
_OF_THE_BODY: Final = (b"content-type", b"content-encoding")


@dataclass(frozen=True, slots=True)
class Content:
    """A file in one encoding, with all headers of its answer but the length."""

    body: bytes
    tag: bytes
    headers: tuple[Header, ...]


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file that can be asked for."""

    contents: dict[str, Content]
    """By encoding; as it is always among them, under `identity`."""

    def answer(self, headers: Headers) -> tuple[int, list[Header], bytes]:
        """Return the status, the headers and the body for a request with some headers."""
        content = self.contents[_PLAIN]
        if len(self.contents) > 1:
            content = self.contents[_chosen(headers.get(b"accept-encoding", b""), self.contents)]
        if _has(headers.get(b"if-none-match", b""), content.tag):
            return 304, [header for header in content.headers if header[0] not in _OF_THE_BODY], b""
        length = (b"content-length", b"%d" % len(content.body))
        return 200, [*content.headers, length], content.body


class WebFiles:
    """All files of the web application, by the path of a request.

    Args:
        folder: Where the build left them; none where there is no web application.

    Raises:
        ConfigError: There are more files than can be meant, or one cannot be read.
    """

    __slots__ = ("_files",)

    def __init__(self, folder: Path | None) -> None:
        self._files: Final[dict[str, WebFile]] = {}
        if folder is None or not (folder / INDEX).is_file():
            return
        try:
            found = dict(_read(folder))
        except OSError as error:
            raise ConfigError(f"the web application cannot be read: {error}") from error
        for path in found:
            if f"/{path}" not in TAKEN:
                self._files[f"/{path}"] = _file(path, found)
        for name in [
            path for path in self._files if path[:-3] in self._files and path[-3:] in (".br", ".gz")
        ]:
            del self._files[name]
        self._files["/"] = self._files[f"/{INDEX}"]

    def find(self, path: str) -> WebFile | None:
        """Return the file of a path; none where there is none."""
        return self._files.get(path)

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the folder and of its `assets`, each with its path in it; what is hidden is left out."""
    count = size = 0
    for parent, start in ((folder, ""), (folder / ASSETS, f"{ASSETS}/")):
        for path in sorted(parent.iterdir()) if parent.is_dir() else ():
            if _NAME.fullmatch(path.name) is None or not stat.S_ISREG(path.lstat().st_mode):
                continue
            count, size = count + 1, size + path.stat().st_size
            if count > FILES_MAX or size > BYTES_MAX:
                raise ConfigError(
                    f"the web application in {folder} has more than {FILES_MAX} files or {BYTES_MAX >> 20} MiB"
                )
            yield start + path.name, path.read_bytes()


def _file(path: str, found: dict[str, bytes]) -> WebFile:
    bodies = {_PLAIN: found[path]}
    bodies |= {encoding: found[path + end] for encoding, end in _ENCODINGS if path + end in found}
    return WebFile(
        {encoding: _content(path, encoding, body, len(bodies)) for encoding, body in bodies.items()}
    )


def _content(path: str, encoding: str, body: bytes, encodings: int) -> Content:
    tag = b'"%b"' % hashlib.sha256(encoding.encode() + body).hexdigest()[:32].encode()
    kind = MEDIA_TYPES.get(Path(path).suffix, UNKNOWN_TYPE)
    keep = f"public, max-age={KEPT_SECONDS}, immutable" if path.startswith(f"{ASSETS}/") else "no-cache"
    headers = [
        (b"content-type", kind.encode()),
        (b"cache-control", keep.encode()),
        (b"etag", tag),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-frame-options", b"DENY"),
    ]
    if path.endswith(".html"):
        headers.append((b"content-security-policy", POLICY.encode()))
    if encodings > 1:
        headers.append((b"vary", b"accept-encoding"))
    if encoding != _PLAIN:
        headers.append((b"content-encoding", encoding.encode()))
    return Content(body, tag, tuple(headers))


def _chosen(accepted: bytes, contents: dict[str, Content]) -> str:
    """Return the encoding that a client likes best of those there are (RFC 9110, section 12.5.3).

    Of two that it likes as much it is the smaller; what is sent as it is can be read by all.
    """
    weights = dict(map(_weight, accepted.lower().decode("latin-1").split(",")))
    rest = weights.get("*", 0.0)
    best, best_weight = _PLAIN, 0.0
    for encoding, _ in _ENCODINGS:
        weight = weights.get(encoding, rest)
        if encoding in contents and weight > best_weight:
            best, best_weight = encoding, weight
    return best if best_weight >= weights.get(_PLAIN, 0.0) else _PLAIN


def _weight(item: str) -> tuple[str, float]:
    """Return an encoding, and how much a client likes it; nothing that cannot be read is liked."""
    name, _, parameter = item.partition(";")
    if not parameter:
        return name.strip(), 1.0
    key, _, value = parameter.partition("=")
    known = key.strip() == "q" and re.fullmatch(r"[01](\.[0-9]{0,3})?", value.strip()) is not None
    return name.strip(), float(value) if known else 0.0


def _has(tags: bytes, tag: bytes) -> bool:
    """Say whether a client has a content already (RFC 9110, section 13.1.2)."""
    return tags.strip() == b"*" or tag in [one.strip().removeprefix(b"W/") for one in tags.split(b",")]
