"""What is kept: tables, migrations, one repository per noun, and the one thread that writes.

Every change goes through `Database.writer`, which commits what piled up in one transaction; reading happens on
connections of its own. The same code serves SQLite and PostgreSQL. Repositories implement the protocols of
`flowstudio.services.ports` and the ports of `flowstudio.kit`; nothing above but the composition root imports them.
"""
