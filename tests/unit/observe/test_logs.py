"""Log lines: one shape for our own and the libraries', with the run they belong to, without secrets."""

import io
import json
import logging

import pytest
import structlog

from flowstudio.observe import MASK, bound, configure_logs, logger, redactor
from flowstudio.observe.metrics import exposition, runs_started


@pytest.fixture
def output():
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    stream = io.StringIO()
    configure_logs(stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_carries_its_run(output):
    with bound(run_id="run_1"):
        logger("test").info("run started", workflow_id="wf_1")
    logger("test").info("idle")
    first, second = output()
    assert (first["event"], first["run_id"], first["workflow_id"], first["level"]) == (
        "run started",
        "run_1",
        "wf_1",
        "info",
    )
    assert "run_id" not in second


def test_libraries_write_the_same_lines(output):
    with bound(run_id="run_1"):
        logging.getLogger("some.library").warning("said %s", "hello")
    assert output()[0] | {"timestamp": ""} == {
        "event": "said hello", "level": "warning", "run_id": "run_1", "timestamp": "",
    }  # fmt: skip


def test_no_secret_reaches_a_line_even_inside_a_traceback(output):
    redactor.protect(["canary-4711"])
    logger("test").info("sent", api_key="abc", body={"text": "canary-4711"})
    try:
        raise ValueError("canary-4711")
    except ValueError:
        logger("test").exception("failed")
    text = json.dumps(output(), ensure_ascii=False)
    assert "canary-4711" not in text
    assert MASK in text


def test_debug_lines_are_left_out(output):
    logger("test").debug("noise")
    assert output() == []


def test_metrics_are_text_for_prometheus():
    runs_started.labels(trigger="webhook").inc()
    assert b'flowstudio_runs_started_total{trigger="webhook"}' in exposition()
