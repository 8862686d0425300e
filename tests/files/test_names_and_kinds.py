"""Names are made harmless and stay readable; what a file is comes from its bytes; sizes come from headers."""

from __future__ import annotations

import io
import struct
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbwiki.errors import Invalid
from kbwiki.files.pictures import size_of
from kbwiki.files.policy import clean_alt, clean_name, ending_of, folded, other_name, require_ending
from kbwiki.files.sniffing import IN_PLACE, media_type_of, of_beginning
from kbwiki.pages.paths import normalise_path

from .conftest import picture

NAMES = {
    "report.pdf": "report.pdf",
    "Übersicht 2026.pdf": "Übersicht 2026.pdf",
    "U\u0308bersicht.pdf": "Übersicht.pdf",
    "../../etc/passwd": "passwd",
    "..\\..\\boot.ini": "boot.ini",
    "C:\\Users\\me\\scan.png": "scan.png",
    "/etc/shadow": "shadow",
    "..": "file",
    ".": "file",
    "": "file",
    "   ": "file",
    "-": "file",
    ".htaccess": "htaccess",
    "web.config.": "web.config",
    "trailing. . .": "trailing",
    "CON": "file-CON",
    "con.txt": "file-con.txt",
    "LPT1.png": "file-LPT1.png",
    "console.txt": "console.txt",
    "nul\0byte.png": "nulbyte.png",
    "a\x00.php\x00.png": "a.php.png",
    "invoice\u202egnp.exe": "invoicegnp.exe",
    "zero\u200bwidth.png": "zerowidth.png",
    "new\nline.txt": "newline.txt",
    'a<b>"c"|d?e*f.txt': "a-b-c-d-e-f.txt",
    "a#b{c}.txt": "a-b-c.txt",
    "a/b:c.txt": "b-c.txt",
    "x" * 1000 + ".png": "x" * 146 + ".png",
    "ends with slash/": "ends with slash",
    "many   spaces.txt": "many spaces.txt",
    "日本語.png": "日本語.png",
    "\ud800half.png": "half.png",
}


@pytest.mark.parametrize(("raw", "clean"), NAMES.items(), ids=[str(n) for n in range(len(NAMES))])
def test_a_name_is_made_harmless(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_whatever_a_file_is_called_its_name_can_be_an_address(raw: str) -> None:
    name = clean_name(raw)

    assert normalise_path(name) == name
    assert "/" not in name
    assert clean_name(name) == name
    assert unicodedata.normalize("NFC", name) == name


def test_endings_that_are_not_allowed_are_said() -> None:
    require_ending("a/Plan.PDF", ("pdf", ".png"))
    require_ending("a/anything.exe", ())
    with pytest.raises(Invalid, match="pdf, png"):
        require_ending("a/plan.exe", ("png", "pdf"))
    with pytest.raises(Invalid):
        require_ending("a.pdf/plan", ("pdf",))


def test_small_words() -> None:
    assert ending_of("a/b.tar.GZ") == "gz"
    assert ending_of("a.b/c") == ""
    assert other_name("hr/form.pdf", 2) == "hr/form-2.pdf"
    assert other_name("README", 3) == "README-3"
    assert folded("Ärger  ÉTÉ\n") == "arger ete"
    assert clean_alt(" two\n lines\u2028 ") == "two lines"
    with pytest.raises(Invalid):
        clean_alt("x" * 1001)


def _zip(*names: str, first: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, first if name == "mimetype" else b"x")
    return made.getvalue()


KINDS = {
    "png": (picture(), "image/png"),
    "gif that is a script": (b"GIF89a/*\x00\x00*/=alert(1)//", "image/gif"),
    "jpeg": (b"\xff\xd8\xff\xe0", "image/jpeg"),
    "webp": (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    "other riff": (b"RIFF\0\0\0\0AVI LIST", "application/octet-stream"),
    "pdf": (b"%PDF-1.7\n", "application/pdf"),
    "html": (b"<!DOCTYPE html><script>alert(1)</script>", "text/html"),
    "html with a mark": (b"\xef\xbb\xbf<script>alert(1)</script>", "text/html"),
    "html with space": (b" \n\t<body onload=alert(1)>", "text/html"),
    "xml": (b"<?xml version='1.0'?><a/>", "text/html"),
    "xhtml": (b"<html xmlns='http://www.w3.org/1999/xhtml'>", "text/html"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
    "svg after a comment": (b"<!-- x --><svg onload=alert(1)>", "image/svg+xml"),
    "text": ("Grüße\n".encode(), "text/plain"),
    "text that mentions a tag": (b"Write <script> here", "text/plain"),
    "script": (b"alert(document.cookie)", "text/plain"),
    "a heart": (b"<3", "text/plain"),
    "latin-1": ("Grüße".encode("latin-1") + b"x" * 9, "application/octet-stream"),
    "utf-16 html": ("<script>".encode("utf-16"), "application/octet-stream"),
    "program": (b"MZ\x90\x00\x03", "application/octet-stream"),
    "BM is no bitmap": (b"BMW sells cars", "text/plain"),
    "mp4": (b"\0\0\0\x18ftypisom", "video/mp4"),
    "webm": (b"\x1a\x45\xdf\xa3", "video/webm"),
    "zip": (_zip("a.txt"), "application/zip"),
    "docx": (
        _zip("[Content_Types].xml", "word/document.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "odt": (
        _zip("mimetype", first=b"application/vnd.oasis.opendocument.text"),
        "application/vnd.oasis.opendocument.text",
    ),
    "zip that says it is html": (_zip("mimetype", first=b"text/html"), "application/zip"),
    "half a zip": (b"PK\x03\x04 broken", "application/zip"),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_a_file_is_comes_from_its_bytes(tmp_path: Path, name: str) -> None:
    data, kind = KINDS[name]
    (tmp_path / "one").write_bytes(data)

    assert media_type_of(tmp_path / "one") == kind


def test_nothing_with_markup_is_shown_in_place() -> None:
    assert not {"text/html", "image/svg+xml", "application/octet-stream", "application/zip"} & IN_PLACE


def test_text_cut_in_a_character_is_text_still() -> None:
    assert of_beginning("ü".encode() * 10 + "ü".encode()[:1], is_all=False) == "text/plain"
    assert of_beginning("ü".encode() * 10 + "ü".encode()[:1]) == "application/octet-stream"


def _jpeg(width: int, height: int, orientation: int = 0) -> bytes:
    exif = b""
    if orientation:
        entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
        body = b"Exif\0\0II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry
        exif = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    return b"\xff\xd8" + exif + b"\xff\xc0" + struct.pack(">HBHH", 17, 8, height, width) + b"\x03" + b"\0" * 12


SIZES = {
    "png": (picture(300, 200), "image/png", (300, 200)),
    "huge png": (picture(60_000, 60_000)[:60], "image/png", (60_000, 60_000)),
    "gif": (b"GIF89a" + struct.pack("<HH", 12, 34), "image/gif", (12, 34)),
    "bmp": (b"BM" + b"\0" * 12 + struct.pack("<Iii", 40, 5, -6), "image/bmp", (5, 6)),
    "webp": (b"RIFF____WEBPVP8X" + b"\0" * 8 + b"\x09\0\0\x04\0\0", "image/webp", (10, 5)),
    "jpeg": (_jpeg(400, 300), "image/jpeg", (400, 300)),
    "jpeg held upright": (_jpeg(400, 300, 6), "image/jpeg", (300, 400)),
    "jpeg upside down": (_jpeg(400, 300, 3), "image/jpeg", (400, 300)),
    "cut": (b"\x89PNG\r\n\x1a\n", "image/png", (0, 0)),
    "jpeg without end": (b"\xff\xd8\xff\xe0\0\0" * 500, "image/jpeg", (0, 0)),
    "no picture": (b"words", "text/plain", (0, 0)),
}


@pytest.mark.parametrize("name", SIZES)
def test_sizes_are_read_from_headers(tmp_path: Path, name: str) -> None:
    data, kind, size = SIZES[name]
    (tmp_path / "one").write_bytes(data)

    assert size_of(tmp_path / "one", kind) == size
