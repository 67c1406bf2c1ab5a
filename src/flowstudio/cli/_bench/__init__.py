"""The benchmarks behind `flowstudio bench`: one file each, over shared ways to start, call and measure.

A benchmark is a function that takes a `Size` and returns JSON: what it measured, beside its references from the same
minutes. Everything stays on loopback, in temporary folders, and ends by itself.
"""
