"""One level of the layout: blocks in layers, neighbours in a good order, each as near to its own as it can be.

Everything here is in two abstract axes: `along` (the way the workflow runs) and `across`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx

DUMMY = 24
"""Width of the lane that a long edge takes through a layer."""
SWEEPS = 8
KINK = 132.0
"""Half a card: blocks that are further apart across stand apart on purpose."""


@dataclass(slots=True)
class Link:
    """An edge between two blocks; `port` (0..1) is where it leaves its source: 0 is the first way."""

    source: str
    target: str
    port: float


@dataclass(slots=True)
class Level:
    """A level to lay out: sizes (across, along) of its blocks in reading order, and the links between them."""

    sizes: dict[str, tuple[float, float]]
    links: list[Link]
    layer_gap: float
    side_gap: float
    parts_gap: float


def place(level: Level) -> tuple[dict[str, tuple[float, float]], tuple[float, float]]:
    """Return each block's (across, along) of its first corner, and the whole level's size. Nothing overlaps."""
    spots: dict[str, tuple[float, float]] = {}
    width = depth = 0.0
    for part in _parts(level):
        found, (across, along) = _place_part(level, part)
        start = depth + level.parts_gap if spots else 0.0
        spots.update({name: (x, y + start) for name, (x, y) in found.items()})
        width, depth = max(width, across), start + along
    return spots, (width, depth)


def _parts(level: Level) -> list[list[str]]:
    """Split into parts that no link joins, in reading order."""
    import networkx as nx  # not before somebody lays a workflow out: it takes half a second

    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(level.sizes)
    graph.add_edges_from((link.source, link.target) for link in level.links)
    order = {name: index for index, name in enumerate(level.sizes)}
    parts = [sorted(part, key=order.__getitem__) for part in nx.connected_components(graph)]
    return sorted(parts, key=lambda part: order[part[0]])


def _place_part(level: Level, names: list[str]) -> tuple[dict[str, tuple[float, float]], tuple[float, float]]:
    inside = set(names)
    links = _forward([link for link in level.links if link.source in inside and link.source != link.target], names)
    rank = _ranks(names, links)
    chains, sizes = _with_lanes(level, names, links, rank)
    rows = _first_order(names, chains, rank, sizes)
    rows = _ordered(rows, chains)
    centres = _across(rows, chains, sizes, level.side_gap)
    left = min(centres[name] - sizes[name][0] / 2 for row in rows for name in row)
    right = max(centres[name] + sizes[name][0] / 2 for row in rows for name in row)
    spots: dict[str, tuple[float, float]] = {}
    along = 0.0
    for row in rows:
        for name in row:
            if name in inside:
                spots[name] = (centres[name] - sizes[name][0] / 2 - left, along)
        along += max(sizes[name][1] for name in row) + level.layer_gap
    return spots, (right - left, along - level.layer_gap)


def _forward(links: list[Link], names: list[str]) -> list[Link]:
    """Leave out links that close a circle, seen from the first block in reading order."""
    next_of: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        next_of[link.source].append(link)
    state: dict[str, int] = {}
    kept: list[Link] = []
    for start in names:
        if start in state:
            continue
        state[start] = 1
        stack = [(start, iter(next_of[start]))]
        while stack:
            here, rest = stack[-1]
            follower = next(rest, None)
            if follower is None:
                state[here] = 2
                stack.pop()
            elif state.get(follower.target) != 1:
                kept.append(follower)
                if follower.target not in state:
                    state[follower.target] = 1
                    stack.append((follower.target, iter(next_of[follower.target])))
    return kept


def _ranks(names: list[str], links: list[Link]) -> dict[str, int]:
    """Return the layer of each block: one below the lowest of those that lead to it."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(names)
    graph.add_edges_from((link.source, link.target) for link in links)
    rank: dict[str, int] = {}
    for name in nx.topological_sort(graph):
        rank[name] = max((rank[before] + 1 for before in graph.predecessors(name)), default=0)
    return rank


@dataclass(slots=True)
class _Chains:
    """Links cut into pieces between neighbouring layers: (upper, lower, port)."""

    down: dict[str, list[tuple[str, float]]]
    up: dict[str, list[tuple[str, float]]]


def _with_lanes(
    level: Level, names: list[str], links: list[Link], rank: dict[str, int]
) -> tuple[_Chains, dict[str, tuple[float, float]]]:
    """Give links over several layers a lane in each layer between (added to `rank`)."""
    sizes = {name: level.sizes[name] for name in names}
    down: dict[str, list[tuple[str, float]]] = defaultdict(list)
    up: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for number, link in enumerate(links):
        upper, port = link.source, link.port
        for step in range(rank[link.source] + 1, rank[link.target]):
            lane = f"\0{number}:{step}"
            rank[lane] = step
            sizes[lane] = (DUMMY, 0.0)
            down[upper].append((lane, port))
            up[lane].append((upper, port))
            upper, port = lane, 0.5
        down[upper].append((link.target, port))
        up[link.target].append((upper, port))
    return _Chains(down, up), sizes


def _first_order(
    names: list[str], chains: _Chains, rank: dict[str, int], sizes: dict[str, tuple[float, float]]
) -> list[list[str]]:
    """Fill the layers depth first, first way first: the order in which people read."""
    rows: list[list[str]] = [[] for _ in range(max(rank.values()) + 1)]
    seen: set[str] = set()
    roots = [name for name in names if rank[name] == 0]
    for root in (*roots, *sizes):
        stack = [root]
        while stack:
            here = stack.pop()
            if here in seen:
                continue
            seen.add(here)
            rows[rank[here]].append(here)
            followers = sorted(chains.down.get(here, ()), key=lambda item: item[1])
            stack.extend(name for name, _ in reversed(followers))
    return rows


def _ordered(rows: list[list[str]], chains: _Chains) -> list[list[str]]:
    """Sweep down and up by barycentres; keep the order with the fewest crossings."""
    best, fewest = rows, _crossings(rows, chains)
    current = rows
    for sweep in range(SWEEPS):
        if fewest == 0:
            break
        current = _swept(current, chains, downward=sweep % 2 == 0)
        crossings = _crossings(current, chains)
        if crossings < fewest:
            best, fewest = current, crossings
    return best


def _swept(rows: list[list[str]], chains: _Chains, *, downward: bool) -> list[list[str]]:
    result = [list(row) for row in rows]
    sequence = range(1, len(rows)) if downward else range(len(rows) - 2, -1, -1)
    for index in sequence:
        beside = result[index - 1 if downward else index + 1]
        place_of = {name: float(position) for position, name in enumerate(beside)}
        own = {name: position for position, name in enumerate(result[index])}
        keys: dict[str, float] = {}
        for name in result[index]:
            if downward:
                pulls = [place_of[other] + 0.8 * (port - 0.5) for other, port in chains.up.get(name, ())]
            else:
                pulls = [place_of[other] for other, _ in chains.down.get(name, ())]
            keys[name] = sum(pulls) / len(pulls) if pulls else float(own[name])
        result[index].sort(key=lambda name: (keys[name], own[name]))
    return result


def _crossings(rows: list[list[str]], chains: _Chains) -> int:
    total = 0
    for upper, lower in pairwise(rows):
        place_of = {name: position for position, name in enumerate(lower)}
        ends: list[int] = []
        for name in upper:
            followers = sorted(chains.down.get(name, ()), key=lambda item: (item[1], place_of[item[0]]))
            ends.extend(place_of[target] for target, _ in followers)
        total += _inversions(ends, len(lower))
    return total


def _inversions(values: list[int], size: int) -> int:
    """Count pairs in the wrong order, in n log n by a Fenwick tree."""
    tree = [0] * (size + 1)
    count = 0
    for seen, value in enumerate(values):
        position, smaller_or_equal = value + 1, 0
        while position:
            smaller_or_equal += tree[position]
            position &= position - 1
        count += seen - smaller_or_equal
        position = value + 1
        while position <= size:
            tree[position] += 1
            position += position & -position
    return count


def _across(
    rows: list[list[str]], chains: _Chains, sizes: dict[str, tuple[float, float]], gap: float
) -> dict[str, float]:
    """Return centres: each as near as possible to the mean of its neighbours, in order and never too close."""
    centres: dict[str, float] = {}
    for row in rows:
        edge = 0.0
        for name in row:
            centres[name] = edge + sizes[name][0] / 2
            edge += sizes[name][0] + gap
    for sweep in range(SWEEPS + 1):
        downward = sweep % 2 == 0
        for row in rows if downward else reversed(rows):
            wanted = [_wanted(name, chains, centres, sizes, downward=downward) for name in row]
            centres.update(zip(row, _spread(row, wanted, sizes, gap), strict=True))
    _straighten(rows, chains, centres, sizes, gap)
    return centres


def _straighten(
    rows: list[list[str]], chains: _Chains, centres: dict[str, float], sizes: dict[str, tuple[float, float]], gap: float
) -> None:
    """Put blocks that only have each other into one line where they nearly are: a small kink looks like a slip."""
    only = {
        upper: below[0][0]
        for upper, below in chains.down.items()
        if len(below) == 1 and len(chains.up[below[0][0]]) == 1
    }
    above = {lower: upper for upper, lower in only.items()}
    for partner_of, order in ((above, rows), (only, rows[::-1]), (above, rows)):
        for row in order:
            for index, name in enumerate(row):
                partner = partner_of.get(name)
                if partner is None or not 0 < abs(centres[partner] - centres[name]) <= KINK:
                    continue
                wanted = centres[partner]
                beside = [other for other in (index - 1, index + 1) if 0 <= other < len(row)]
                if all(
                    abs(wanted - centres[row[other]]) >= (sizes[name][0] + sizes[row[other]][0]) / 2 + gap
                    for other in beside
                ):
                    centres[name] = wanted


def _wanted(
    name: str,
    chains: _Chains,
    centres: dict[str, float],
    sizes: dict[str, tuple[float, float]],
    *,
    downward: bool,
) -> tuple[float, float]:
    """Return where a block would like its centre to be, and how strongly: lanes pull harder, to be straight."""
    pulls: list[float] = []
    for other, port in chains.up.get(name, ()) if downward else chains.down.get(name, ()):
        source = other if downward else name
        shift = (port - 0.5) * sizes[source][0] * 0.5
        pulls.append(centres[other] + shift if downward else centres[other] - shift)
    weight = 4.0 if name.startswith("\0") else 1.0
    return (sum(pulls) / len(pulls), weight) if pulls else (centres[name], 0.05)


def _spread(
    row: list[str], wanted: list[tuple[float, float]], sizes: dict[str, tuple[float, float]], gap: float
) -> list[float]:
    """Return the centres nearest to the wanted ones that keep the order and the gaps (isotonic regression)."""
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (sizes[left][0] + sizes[right][0]) / 2 + gap)
    pools: list[tuple[float, float, int]] = []
    for (centre, weight), offset in zip(wanted, offsets, strict=True):
        pools.append((centre - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            value, mass, count = pools.pop()
            before, before_mass, before_count = pools.pop()
            total = mass + before_mass
            pools.append(((value * mass + before * before_mass) / total, total, count + before_count))
    levels = [value for value, _, count in pools for _ in range(count)]
    return [value + offset for value, offset in zip(levels, offsets, strict=True)]
