"""How runs get a turn: in this process, or in workers; the engine behind the ports that services declare."""
