"""Fetching and uploading: bounded, nowhere else, and what failed is told apart."""

from __future__ import annotations

import asyncio
import io
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.export.http import HttpFetch
from bot.export.order import FetchFailed, FetchReason
from bot.export.upload import UploadFailed, UploadReason, upload
from bot.policy.observed import Slot

CONTENT = b"photo" * 100_000


@asynccontextmanager
async def answering(
    status: str = "200 OK",
    headers: str = "",
    body: bytes = b"",
    *,
    length: int | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[tuple[str, Callable[[], bytes]]]:
    """A server that answers every request so; what it was sent can be asked for."""
    received = bytearray()
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        head = await reader.readuntil(b"\r\n\r\n")
        received.extend(head)
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                received.extend(await reader.readexactly(int(line.partition(b":")[2])))
        size = len(body) if length is None else length
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{headers}Connection: close\r\n\r\n".encode())
        writer.write(body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield (
            f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}/file",
            lambda: bytes(received),
        )
    finally:
        server.close()
        for writer in writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


async def fetched(url: str, most: int = 10_000_000) -> bytes:
    return b"".join([piece async for piece in HttpFetch(most)(url)])


async def test_a_file_is_fetched() -> None:
    async with answering(body=CONTENT) as (url, _received):
        assert await fetched(url) == CONTENT


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        ("404 Not Found", "", FetchReason.GONE),
        ("410 Gone", "", FetchReason.GONE),
        ("403 Forbidden", "", FetchReason.REFUSED),
        ("500 Error", "", FetchReason.REFUSED),
        ("302 Found", "Location: http://169.254.169.254/\r\n", FetchReason.REFUSED),
    ],
)
async def test_a_file_that_is_not_given(status: str, headers: str, reason: FetchReason) -> None:
    async with answering(status, headers) as (url, _received):
        with pytest.raises(FetchFailed) as failure:
            await fetched(url)
    assert failure.value.reason is reason
    assert str(failure.value) == reason


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_file_that_is_too_large(chunked: bool) -> None:  # noqa: FBT001
    headers = "Transfer-Encoding: chunked\r\n" if chunked else ""
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(CONTENT), CONTENT) if chunked else CONTENT
    async with answering(headers=headers, body=body) as (url, _received):
        with pytest.raises(FetchFailed) as failure:
            await fetched(url, len(CONTENT) - 1)
    assert failure.value.reason in (FetchReason.TOO_LARGE, FetchReason.UNREACHABLE)


async def test_a_file_that_ends_too_early() -> None:
    async with answering(body=CONTENT, length=len(CONTENT) + 1) as (url, _received):
        with pytest.raises(FetchFailed) as failure:
            await fetched(url)
    assert failure.value.reason is FetchReason.UNREACHABLE


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "ftp://x/", "", "file:///etc/passwd", "http://", "x"])
async def test_addresses_where_nothing_is(url: str) -> None:
    with pytest.raises(FetchFailed) as failure:
        await fetched(url)
    assert failure.value.reason in (FetchReason.UNREACHABLE, FetchReason.REFUSED)


async def test_an_upload_arrives_with_the_headers_that_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "copy"
    path.write_bytes(CONTENT)
    headers = {"Authorization": "Bearer x", "X-Other": "1", "Cookie": "a\r\nX-Evil: 1"}
    async with answering("201 Created") as (url, received):
        await upload(path, len(CONTENT), Slot(put=url, get=url, headers=headers))
    head, _end, body = received().partition(b"\r\n\r\n")
    assert body == CONTENT
    assert head.startswith(b"PUT /file ")
    lines = head.lower().split(b"\r\n")
    assert {b"authorization: bearer x", b"content-type: application/octet-stream"} <= set(lines)
    assert b"content-length: %d" % len(CONTENT) in lines
    assert b"x-other" not in head.lower()
    assert b"x-evil" not in head.lower()


async def test_an_open_file_is_uploaded_from_where_it_stands() -> None:
    file = io.BytesIO(b"xx" + CONTENT)
    file.seek(2)
    async with answering("201 Created") as (url, received):
        await upload(file, 5, Slot(put=url, get=url))
    assert received().endswith(b"\r\n\r\nphoto")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("413 Too Large", UploadReason.FULL),
        ("507 Full", UploadReason.FULL),
        ("403 Forbidden", UploadReason.REFUSED),
        ("302 Found", UploadReason.REFUSED),
        ("502 Bad Gateway", UploadReason.UNREACHABLE),
    ],
)
async def test_an_upload_that_is_not_taken(status: str, reason: UploadReason) -> None:
    async with answering(status) as (url, _received):
        with pytest.raises(UploadFailed) as failure:
            await upload(io.BytesIO(b"x"), 1, Slot(put=url, get=url))
    assert failure.value.reason is reason
    assert str(failure.value) == reason


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:1/", UploadReason.UNREACHABLE),
        ("", UploadReason.REFUSED),
        ("gopher://x", UploadReason.REFUSED),
    ],
)
async def test_an_upload_to_where_nothing_is(url: str, reason: UploadReason) -> None:
    with pytest.raises(UploadFailed) as failure:
        await upload(io.BytesIO(b"x"), 1, Slot(put=url, get=url))
    assert failure.value.reason is reason


def certificate(directory: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = directory / "certificate.pem"
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(plain + signed.public_bytes(pem))
    return path


async def test_certificates_are_checked(tmp_path: Path) -> None:
    path = certificate(tmp_path)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(path)
    async with answering("201 Created", tls=serving) as (url, received):
        with pytest.raises(UploadFailed) as failure:
            await upload(io.BytesIO(b"x"), 1, Slot(put=url, get=url))
        assert failure.value.reason is UploadReason.UNREACHABLE
        with pytest.raises(FetchFailed):
            await fetched(url)
        assert not received()
        trusting = ssl.create_default_context(cafile=path)
        await upload(io.BytesIO(b"x"), 1, Slot(put=url, get=url), trusting)
        assert received().endswith(b"x")
