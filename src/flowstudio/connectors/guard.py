"""Keeps requests out of private networks: every address a name leads to is looked at, and the one looked at is used."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]

_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""NAT64: addresses behind which an IPv4 address of any kind may stand."""


class PrivateAddress(Exception):
    """The name leads into a private network."""


def is_private(address: Address) -> bool:
    """Say whether an address belongs to no public host, also where IPv6 wraps an IPv4 address."""
    if isinstance(address, IPv6Address):
        if any(address in network for network in _TRANSLATED):
            return True
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None and is_private(inner):
            return True
        if int(address) >> 32 == 0:  # ::a.b.c.d, out of use, still understood by some systems
            return True
    return not address.is_global or address.is_multicast or address.is_reserved


class AllowedHosts:
    """What may be reached although it is private: names, addresses and networks, each with or without a port."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        """Read entries such as `127.0.0.1:9000`, `10.1.0.0/16`, `erp.local`, `[::1]:8080`; raise ValueError."""
        self._names: set[tuple[str, int | None]] = set()
        self._networks = []
        for entry in entries:
            host, port = _split(entry.strip().lower())
            try:
                self._networks.append((ip_network(host, strict=False), port))
            except ValueError:
                if "/" in host or not host:
                    raise ValueError(f'"{entry}" is neither a host nor a network.') from None
                self._names.add((host, port))

    def allow(self, host: str, address: Address, port: int) -> bool:
        """Say whether this name or address, on this port, was allowed by hand."""
        name = host.lower().rstrip(".")
        if (name, port) in self._names or (name, None) in self._names:
            return True
        return any(
            address.version == network.version and address in network and wanted in (None, port)
            for network, wanted in self._networks
        )


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only: resolves once, checks every address, and connects to a checked one."""

    def __init__(
        self,
        allowed: AllowedHosts | None = None,
        *,
        inner: httpcore.AsyncNetworkBackend | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self._allowed = allowed or AllowedHosts()
        self._inner = inner or httpcore.AnyIOBackend()
        self._resolve = resolve or _resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the signature of httpcore
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect; raise PrivateAddress before any packet leaves when one of the addresses is private."""
        found = await checked_addresses(host, port, self._allowed, self._resolve)
        last: Exception = httpcore.ConnectError(f"no address for {host}")
        for text in found:
            try:
                return await self._inner.connect_tcp(text, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: a socket in the file system is as private as can be."""
        raise PrivateAddress(path)

    async def sleep(self, seconds: float) -> None:
        """Wait between two tries."""
        await self._inner.sleep(seconds)


async def checked_addresses(host: str, port: int, allowed: AllowedHosts, resolve: Resolve | None = None) -> list[str]:
    """Return the addresses of a name, for connecting to one of these; raise PrivateAddress where one is private.

    For connectors that dial themselves. Raises httpcore.ConnectError where the name has no address.
    """
    found = await (resolve or _resolve)(host, port)
    for text in found:
        address = ip_address(text.split("%", 1)[0])
        if is_private(address) and not allowed.allow(host, address, port):
            raise PrivateAddress(host)
    return found


async def _resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name, also of its odd spellings (`127.1`, `0x7f.1`), as connecting would read them."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} has no address") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _split(entry: str) -> tuple[str, int | None]:
    if entry.startswith("["):
        host, _, rest = entry[1:].partition("]")
        return host, int(rest[1:]) if rest.startswith(":") else None
    if entry.count(":") == 1:
        host, _, port = entry.partition(":")
        return host, int(port)
    return entry, None
