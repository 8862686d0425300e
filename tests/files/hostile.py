"""Fifty hostile uploads and names."""

from __future__ import annotations

import io
import zipfile

from .conftest import picture

RUN = b"<script>window.ran=1;fetch('/ran')</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.ran=1'><script>fetch('/ran')</script></svg>"
XHTML = b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><script>fetch('/ran')</script></html>"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>"


def _zip(name: str, data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return made.getvalue()


UPLOADS: tuple[tuple[str, bytes], ...] = (
    ("page.html", RUN),
    ("page.htm", b"<!doctype html>" + RUN),
    ("picture.png", RUN),
    ("photo.jpg", b"\n\n  " + RUN),
    ("notes.txt", RUN),
    ("report.pdf", RUN),
    ("movie.mp4", RUN),
    ("page.xhtml", XHTML),
    ("data.xml", XHTML),
    ("style.xsl", b"<?xml-stylesheet href='x'?>" + XHTML),
    ("drawing.svg", SVG),
    ("drawing.png", SVG),
    ("drawing.svgz", b"\x1f\x8b\x08" + SVG),
    ("marked.html", b"\xef\xbb\xbf" + RUN),
    ("wide.html", RUN.decode().encode("utf-16")),
    ("seven.html", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
    ("gif.gif", b"GIF89a/*" + b"\0" * 8 + b"*/=1;" + RUN),
    ("png-and-page.html", picture() + RUN),
    ("jpeg.html", b"\xff\xd8\xff\xe0" + RUN),
    ("bmp.html", b"BM" + RUN),
    ("pdf.html", PDF + RUN),
    ("script.pdf", PDF),
    ("webp.html", b"RIFF\x00\x00\x00\x00WEBP" + RUN),
    ("script.js", b"window.ran=1;fetch('/ran')"),
    ("style.css", b"@import '/ran';"),
    ("worker.mjs", b"self.addEventListener('fetch',()=>{})"),
    ("page.php", b"<?php system('touch /tmp/ran'); ?>"),
    ("shell.sh", b"#!/bin/sh\ntouch /tmp/ran\n"),
    ("program.exe", b"MZ\x90\x00" + RUN),
    ("flash.swf", b"CWS\x0a" + RUN),
    ("applet.jar", _zip("META-INF/MANIFEST.MF", RUN)),
    ("bomb.zip", _zip("zeros", b"\0" * 1_000_000)),
    ("escape.zip", _zip("../../../../tmp/ran", RUN)),
    ("bomb.png", picture(60_000, 60_000)),
    ("template.html", b"{{ config.SECRET_KEY }}{% for x in ().__class__.__base__.__subclasses__() %}" + RUN),
    ("message.mht", b"MIME-Version: 1.0\nContent-Type: text/html\n\n" + RUN),
    ("list.url", b"[InternetShortcut]\nURL=javascript:fetch('/ran')\n"),
    ("../../../etc/passwd", b"root::0:0\n"),
    ("..\\..\\windows\\win.ini", b"[fonts]\n"),
    ("/etc/cron.d/ran", b"* * * * * root touch /tmp/ran\n"),
    (".htaccess", b"AddType text/html .png\n"),
    ("web.config", b"<configuration/>"),
    ("CON.txt", b"device\n"),
    ("trailing.html. . .", b"dots\n"),
    ("nul\0byte.html\0.png", b"nul\n"),
    ("invoice\u202egnp.exe", b"turned\n"),
    ("x" * 1000 + ".html", b"long\n"),
    ("<img src=x onerror=fetch('/ran')>.png", picture(4, 4)),
    ("'\"><script>fetch('/ran')</script>.txt", b"name\n"),
    ("a\r\nSet-Cookie: ran=1\r\n\r\n.txt", b"header\n"),
    ("same.txt", b"first\n"),
    ("SAME.TXT", b"second\n"),
    ("sa\u200bme.txt", b"third\n"),
)
