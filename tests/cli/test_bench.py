"""`flowstudio bench`: tiny sizes, so that the command stays true; how fast anything is, no test asks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from flowstudio.cli import cli
from flowstudio.cli._bench.figures import exponent, percentile, rounded
from flowstudio.cli._bench.servers import bare
from flowstudio.cli.bench import NAMES


def bench(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(cli, ["bench", *arguments])
    assert result.exit_code == 0, result.output + result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_checks_are_measured_beside_their_references():
    found = bench("checks", "--quick")
    assert found["command"] == "flowstudio bench checks --quick"
    assert {"processor", "cores", "disk"} <= set(found["machine"])
    assert {"flowstudio", "python", "sqlite"} <= set(found["versions"])
    checks = found["benchmarks"]["checks"]
    assert [row["nodes"] for row in checks["check"]] == [20, 50]
    assert all(row["check_ms"] > 0 and row["reference_pydantic_ms"] > 0 for row in checks["check"])
    assert checks["check_grows_with_nodes"] is not None
    assert checks["rules_per_second"] > 0


def test_every_answered_webhook_is_a_recorded_run():
    webhook = bench("webhook", "--quick")["benchmarks"]["webhook"]
    assert webhook["every_answer_recorded"]
    for row in webhook["rows"]:
        for name in ("nodes_4", "nodes_12", "bare_asgi", "bare_fastapi_route"):
            assert row[name]["faults"] == 0, row[name]
            assert row[name]["per_second"] > 0


def test_a_peer_on_this_machine_stands_in_the_same_rows():
    with bare("asgi") as (_, port):
        webhook = bench("webhook", "--quick", "--beside", f"http://127.0.0.1:{port}/bench")["benchmarks"]["webhook"]
    for row in webhook["rows"]:
        assert row["peer"]["faults"] == 0
        assert row["nodes_4"]["times_the_peer"] == pytest.approx(
            row["nodes_4"]["per_second"] / row["peer"]["per_second"], rel=0.01
        )


@pytest.mark.parametrize("address", ["https://n8n.example/hook", "http://127.0.0.1/hook", "hook"])
def test_only_this_machine_is_called(address):
    result = CliRunner().invoke(cli, ["bench", "webhook", "--quick", "--beside", address])
    assert result.exit_code == 1
    assert "is no address on this machine" in result.stdout


def test_unknown_benchmark_is_refused():
    assert CliRunner().invoke(cli, ["bench", "speed"]).exit_code == 2


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_has_a_file(name):
    from importlib import import_module

    assert callable(import_module(f"flowstudio.cli._bench.{name}").measure)


def test_growth_is_the_slope_between_sizes():
    assert exponent({10: 1.0, 100: 10.0, 1000: 100.0}) == 1
    assert exponent({10: 1.0, 100: 100.0}) == 2
    assert exponent({10: 1.0}) is None


def test_percentile_is_a_sample():
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([float(one) for one in range(1, 101)], 0.99) == 99.0
    assert percentile([], 0.99) == 0.0


def test_figures_keep_three_digits():
    assert (rounded(0.012345), rounded(1.2345), rounded(12345.6)) == (0.0123, 1.23, 12346.0)
