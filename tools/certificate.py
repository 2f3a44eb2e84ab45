"""How does a phone in the same network reach a development server by https? By a certificate that we make."""

from __future__ import annotations

import ipaddress
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE = timedelta(days=397)  # browsers refuse longer ones
RENEW_BEFORE = timedelta(days=14)
A_PLACE_OUTSIDE = ("192.0.2.1", 9)  # reserved for documentation; connecting a datagram socket sends nothing


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate and its key for all names of this machine, made anew when a name is missing or it ends soon."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = folder / "certificate.pem", folder / "key.pem"
    names = {"localhost", socket.gethostname(), "127.0.0.1", "::1", *network_addresses()}
    if not _still_serves(*paths, names):
        _make(*paths, names)
    return paths


def network_addresses() -> list[str]:
    """This machine's addresses in its networks, the one on the way out first; empty without a network."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way_out:
        try:
            way_out.connect(A_PLACE_OUTSIDE)
            found.append(way_out.getsockname()[0])
        except OSError:
            pass  # no network
    try:
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    except OSError:
        pass  # a host name that nobody resolves
    return [address for address in dict.fromkeys(found) if not ipaddress.ip_address(address).is_loopback]


def _still_serves(certificate_path: Path, key_path: Path, names: set[str]) -> bool:
    if not (certificate_path.exists() and key_path.exists()):
        return False
    found = x509.load_pem_x509_certificate(certificate_path.read_bytes())
    listed = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        names <= {str(name.value) for name in listed} and found.not_valid_after_utc > datetime.now(UTC) + RENEW_BEFORE
    )


def _make(certificate_path: Path, key_path: Path, names: set[str]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    signed = _describe(names, key.public_key()).sign(key, hashes.SHA256())
    _write(
        key_path,
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    _write(certificate_path, signed.public_bytes(serialization.Encoding.PEM))


def _describe(names: set[str], public_key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Suqiu development")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in sorted(names)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    fresh.rename(path)
