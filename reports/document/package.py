"""The zip container of a DOCX: the same parts give the same bytes, and it knows whether it is as it was written."""

from __future__ import annotations

import io
import re
import zipfile
from hashlib import sha256

#: The part that holds the document's identifier: a sum over every other part, which no edit leaves right.
_CORE = "docProps/core.xml"
#: Stands in the identifier until the sum is known.
UNSEALED = "egov-audit:" + "0" * 64
_SEALED = re.compile(rb"egov-audit:([0-9a-f]{64})")
_APP, _LINKS, _THUMBNAIL = "docProps/app.xml", "_rels/.rels", "docProps/thumbnail.jpeg"
_TO_THUMBNAIL = re.compile(rb'<Relationship [^>]*Target="docProps/thumbnail.jpeg"[^>]*/>')
_APPLICATION = (
    b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<Properties xmlns=\"http://schemas.openxmlformats.org/"
    b'officeDocument/2006/extended-properties"><Application>egov-audit</Application></Properties>'
)
#: The first moment a zip can hold: a document says when it was made by its audit date alone.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def sealed(package: bytes) -> bytes:
    """The package with its parts in the order of their names, without moments of writing, its identifier filled in."""
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    # The library's template calls itself another program's work and shows a picture of its own blank page.
    parts[_APP] = _APPLICATION
    parts.pop(_THUMBNAIL, None)
    parts[_LINKS] = _TO_THUMBNAIL.sub(b"", parts[_LINKS])
    core = parts[_CORE].replace(UNSEALED.encode(), f"egov-audit:{_sum(parts)}".encode())
    parts[_CORE] = core
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        # The list of types comes first, as readers that stream a package expect.
        for name in sorted(parts, key=lambda one: (one != "[Content_Types].xml", one)):
            info = zipfile.ZipInfo(name, _MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            target.writestr(info, parts[name])
    return out.getvalue()


def untouched(data: bytes) -> bool:
    """Whether the bytes are a document of ours that nobody has edited since."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            parts = {name: source.read(name) for name in source.namelist()}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        return False
    found = _SEALED.search(parts.get(_CORE, b""))
    return found is not None and found[1].decode() == _sum(parts)


def _sum(parts: dict[str, bytes]) -> str:
    digest = sha256()
    for name in sorted(parts):
        if name != _CORE:
            digest.update(name.encode() + b"\0" + sha256(parts[name]).digest())
    return digest.hexdigest()
