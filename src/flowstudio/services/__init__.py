"""Use cases, verb by verb: what people and programs may do with workflows, runs, records and settings.

Every service takes the Actor first and checks what it may do; pages and routes hold no rule of their own. A service
sees storage only through the protocols of `flowstudio.services.ports`.
"""
