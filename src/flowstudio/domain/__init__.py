"""What FlowStudio is about, as pure data: workflows, runs, records, people.

A domain object knows its own rules (which states follow one another, what a workflow is made of) and nothing of
databases, pages, networks or the clock.
"""
