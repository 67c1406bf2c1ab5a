"""Runs a workflow: plan, state, turns, waits, retries, recovery. Does no input or output of its own.

    plan       a published version, compiled once: what a run looks up instead of working out
    state      where a run stands, as a pure machine: steps go in, ready turns come out
    driving    one loop per run in memory: the only place that touches its state and its journal
    hooks      what goes on around every step: timeout, errors, redaction, figures

Time, records, mail, HTTP and the journal come as ports (`flowstudio.kit.ports`); the twins in memory, the virtual
clock and test runs live here too, because they are the same engine.
"""
